package org.tfckpt.io;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;

/** A file that is read through a channel, or mapped by it. */
abstract class FileSource extends ByteSource {
    private final SeekableByteChannel channel;

    FileSource(String name, SeekableByteChannel channel) {
        super(name);
        this.channel = channel;
    }

    @Override
    public final long size() throws IOException {
        requireOpen();
        try {
            return channel.size();
        } catch (ClosedChannelException e) {
            throw closedDuringRead(e);
        }
    }

    /** Handles a channel closed during use: either this source was closed, or the thread was interrupted. */
    final IOException closedDuringRead(ClosedChannelException cause) {
        requireNotClosedDuringRead(cause);
        return cause;
    }

    @Override
    public void close() throws IOException {
        markClosed();
        channel.close();
    }
}
