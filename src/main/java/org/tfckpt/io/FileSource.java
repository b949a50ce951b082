package org.tfckpt.io;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;

/** A file that is read through a channel, or mapped by it. */
abstract class FileSource<C extends SeekableByteChannel> extends ByteSource {
    final C channel;

    FileSource(String name, C channel) {
        super(name);
        this.channel = channel;
    }

    @Override
    public final long size() throws IOException {
        requireOpen();
        try {
            return channel.size();
        } catch (ClosedChannelException e) {
            throw unlessClosed(e);
        }
    }

    @Override
    public void close() throws IOException {
        markClosed();
        channel.close();
    }
}
