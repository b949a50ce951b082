package org.tfckpt.io;

import java.util.List;
import org.apache.commons.io.channels.ByteArraySeekableByteChannel;
import org.tfckpt.testing.ObservedChannel;

/** Sources over bytes in memory, for tests. */
public final class MemorySource {
    private MemorySource() {}

    public static ByteSource of(byte[] bytes) {
        return new ChannelSource("memory", ByteArraySeekableByteChannel.wrap(bytes));
    }

    /** A source whose reads are added to a list. */
    public static ByteSource observed(byte[] bytes, List<ObservedChannel.Read> reads) {
        return new ChannelSource(
                "memory", new ObservedChannel(ByteArraySeekableByteChannel.wrap(bytes), "memory", reads));
    }
}
