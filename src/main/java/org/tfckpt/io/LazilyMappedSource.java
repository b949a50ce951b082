package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file that is mapped lazily. The first few small reads use the channel, because mapping and unmapping takes longer
 * than they do; they return direct buffers, as a mapping does. If the file cannot be mapped, all reads use the channel.
 */
final class LazilyMappedSource extends FileSource<FileChannel> {
    /** A page: reading it takes no longer than determining the file's size, which reads of a mapping do. */
    private static final int SMALL = 1 << 12;

    /** The number of small reads after which a mapping takes less time than the reads that are likely to follow. */
    private static final int MAX_SMALL_READS = 16;

    private final boolean unmapOnClose;
    private final ChannelSource unmapped;
    private final AtomicInteger smallReads = new AtomicInteger();
    /** The source after the first few reads: a mapping, or the channel if the file cannot be mapped. */
    private volatile @Nullable ByteSource lasting;

    LazilyMappedSource(String name, FileChannel channel, boolean unmapOnClose) {
        super(name, channel);
        this.unmapOnClose = unmapOnClose;
        this.unmapped = new ChannelSource(name, channel);
    }

    private ByteSource source(long length) throws IOException {
        ByteSource known = lasting;
        if (known != null) {
            return known;
        }
        boolean small = length <= SMALL && smallReads.getAndIncrement() < MAX_SMALL_READS;
        return small ? unmapped : map();
    }

    private synchronized ByteSource map() throws IOException {
        requireOpen();
        ByteSource source = lasting;
        if (source == null) {
            try {
                source = MappedSource.open(name(), channel, unmapOnClose);
            } catch (UnsupportedOperationException | IOException cannotMap) {
                // File systems throw either. If the disk has failed, the channel will throw it again.
                source = unmapped;
            }
            lasting = source;
        }
        return source;
    }

    /** Returns whether this file has been mapped. */
    boolean isMapped() {
        return lasting instanceof MappedSource;
    }

    @Override
    long recentSize(long offset, long length) throws IOException {
        ByteSource known = lasting;
        return known == null ? size() : known.recentSize(offset, length);
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        ByteSource source = source(length);
        if (source != unmapped || lasting == unmapped) {
            return source.read(offset, length);
        }
        requireRange(offset, length);
        ByteBuffer bytes = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
        unmapped.readInto(offset, bytes);
        return bytes.flip();
    }

    @Override
    public ByteBuffer readLasting(long offset, int length) throws IOException {
        return source(length).readLasting(offset, length);
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        source(target.remaining()).readInto(offset, target);
    }

    @Override
    public void readRuns(long offset, long distance, int length, int count, byte[] target) throws IOException {
        source((long) length * count).readRuns(offset, distance, length, count, target);
    }

    @Override
    public void forEach(long offset, long length, Consumer consumer) throws IOException {
        source(length).forEach(offset, length, consumer);
    }

    @Override
    public synchronized void close() throws IOException {
        // Before the channel is closed, so that a thread that finds it closed knows the reason.
        unmapped.markClosed();
        ByteSource source = lasting;
        if (source != null) {
            source.close();
        }
        super.close();
    }
}
