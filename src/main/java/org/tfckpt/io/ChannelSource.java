package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import org.tfckpt.tensor.DataLossException;

/**
 * A file read through its channel: for file systems that cannot map, and for files that may change while they are read,
 * since a file that shrinks gives an exception here, never anything worse.
 */
final class ChannelSource extends ByteSource {
    /** So much is allocated without asking for the file's size first: that costs as much as to read it. */
    private static final int SMALL = 1 << 13;
    /** No file reaches so far, and to read there is an error of its own on some systems. */
    private static final long FAR = 1L << 50;

    private final SeekableByteChannel channel;

    ChannelSource(String name, SeekableByteChannel channel) {
        super(name);
        this.channel = channel;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        try {
            return channel.size();
        } catch (ClosedChannelException e) {
            throw closedMeanwhile(e);
        }
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        boolean small = channel instanceof FileChannel && length > 0 && length <= SMALL && offset >= 0 && offset < FAR;
        if (!small) {
            requireRange(offset, length);
        }
        requireOpen();
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            fill(offset, bytes);
        } catch (DataLossException e) {
            requireRange(offset, length);
            throw e;
        }
        return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        requireRange(offset, target.remaining());
        fill(offset, target);
    }

    @Override
    public void forEach(long offset, long length, Consumer consumer) throws IOException {
        requireRange(offset, length);
        if (length <= SMALL) {
            ByteBuffer part = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
            walk(offset, length, part, consumer);
            return;
        }
        ByteBuffer memory = DirectBufferPool.take();
        try {
            walk(offset, length, CopyTarget.at(memory, offset, DirectBufferPool.SIZE), consumer);
        } finally {
            DirectBufferPool.giveBack(memory);
        }
    }

    private void walk(long offset, long length, ByteBuffer part, Consumer consumer) throws IOException {
        int most = part.capacity();
        for (long done = 0; done < length; done += most) {
            part.clear().limit((int) Math.min(length - done, most));
            fill(offset + done, part);
            consumer.accept(part.flip());
        }
    }

    private void fill(long offset, ByteBuffer target) throws IOException {
        long at = offset;
        while (target.hasRemaining()) {
            int count = readSome(at, target);
            if (count < 0) {
                throw passesEnd(at, target.remaining(), channel.size());
            }
            at += count;
        }
    }

    private int readSome(long offset, ByteBuffer target) throws IOException {
        try {
            if (channel instanceof FileChannel file) {
                return file.read(target, offset);
            }
            synchronized (channel) {
                return channel.position(offset).read(target);
            }
        } catch (ClosedChannelException e) {
            throw closedMeanwhile(e);
        }
    }

    @Override
    public void close() throws IOException {
        super.close();
        channel.close();
    }
}
