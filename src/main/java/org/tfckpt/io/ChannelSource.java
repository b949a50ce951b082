package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import org.tfckpt.tensor.DataLossException;

/**
 * A file that is read through its channel: for file systems that do not support mapping, and for files that may shrink
 * while they are read. If a file shrinks, reads throw an exception; reading a mapping could crash the JVM.
 */
final class ChannelSource extends FileSource<SeekableByteChannel> {
    /** Up to this length, reads do not check the file's size first: determining it takes as long as the read. */
    private static final int SMALL = 1 << 13;
    /**
     * The limit of offsets that are read without checking the size: beyond it, some systems report an error of their
     * own.
     */
    private static final long MAX_UNCHECKED_OFFSET = 1L << 50;

    ChannelSource(String name, SeekableByteChannel channel) {
        super(name, channel);
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        boolean small = channel instanceof FileChannel
                && length > 0
                && length <= SMALL
                && offset >= 0
                && offset < MAX_UNCHECKED_OFFSET;
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
            throw unlessClosed(e);
        }
    }
}
