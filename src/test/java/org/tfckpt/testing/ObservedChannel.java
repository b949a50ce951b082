package org.tfckpt.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.Collections;
import java.util.List;

/** A channel that records every read. It is not a FileChannel, so it cannot be mapped. */
public final class ObservedChannel implements SeekableByteChannel {
    private final SeekableByteChannel channel;
    private final String name;
    private final List<Read> reads;

    /** One read. */
    public record Read(String file, long offset, int length) {}

    public ObservedChannel(SeekableByteChannel channel, String name, List<Read> reads) {
        this.channel = channel;
        this.name = name;
        this.reads = Collections.synchronizedList(reads);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        long offset = channel.position();
        int count = channel.read(target);
        reads.add(new Read(name, offset, Math.max(count, 0)));
        return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return channel.write(source);
    }

    @Override
    public long position() throws IOException {
        return channel.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        channel.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
        channel.truncate(size);
        return this;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
