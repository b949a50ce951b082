package org.tfckpt.testing;

import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Wraps paths so that every read of a file behind them is written down; for tests of what is read, and how often. */
public final class ObservedFileSystem extends WrappedFileSystem {
    private final List<ObservedChannel.Read> reads = Collections.synchronizedList(new ArrayList<>());

    public ObservedFileSystem(FileSystem real) {
        super(real);
    }

    /** The reads until now. */
    public List<ObservedChannel.Read> reads() {
        return reads;
    }

    @Override
    protected SeekableByteChannel channel(SeekableByteChannel real, String file, boolean writes) {
        return new ObservedChannel(real, file, reads);
    }
}
