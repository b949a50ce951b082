package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A file that is mapped once that pays: the first few small reads go through the channel, since to map and to unmap costs
 * more than they do. Their buffers are outside of the heap, as those of a mapping are. A file system that cannot map is found
 * out then, and read on through the channel.
 */
final class LazilyMappedSource extends ByteSource {
    /** A page: reading it costs no more than asking for the file's size, which every read of a mapping does. */
    private static final int SMALL = 1 << 12;

    private static final int FEW = 16;

    private final FileChannel channel;
    private final ChannelSource unmapped;
    private final AtomicInteger smallReads = new AtomicInteger();
    /** What is read from after the first few reads: a mapping, or the channel where there can be none. */
    private volatile @Nullable ByteSource lasting;

    LazilyMappedSource(String name, FileChannel channel) {
        super(name);
        this.channel = channel;
        this.unmapped = new ChannelSource(name, channel);
    }

    private ByteSource source(long length) throws IOException {
        ByteSource known = lasting;
        if (known != null) {
            return known;
        }
        boolean small = length <= SMALL && smallReads.getAndIncrement() < FEW;
        return small ? unmapped : map();
    }

    private synchronized ByteSource map() throws IOException {
        requireOpen();
        ByteSource source = lasting;
        if (source == null) {
            try {
                source = MappedSource.open(name(), channel);
            } catch (UnsupportedOperationException | IOException cannotMap) {
                // File systems say it in either way; a true error of the disk comes again when the channel reads.
                source = unmapped;
            }
            lasting = source;
        }
        return source;
    }

    /** Whether this file is mapped by now. */
    boolean isMapped() {
        return lasting instanceof MappedSource;
    }

    @Override
    public long size() throws IOException {
        return unmapped.size();
    }

    @Override
    long recentSize() throws IOException {
        ByteSource known = lasting;
        return known == null ? size() : known.recentSize();
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
    public void readInto(long offset, ByteBuffer target) throws IOException {
        source(target.remaining()).readInto(offset, target);
    }

    @Override
    public void forEach(long offset, long length, Consumer consumer) throws IOException {
        source(length).forEach(offset, length, consumer);
    }

    @Override
    public synchronized void close() throws IOException {
        // All of them first, so that whoever meets the closed channel knows why.
        markClosed();
        unmapped.markClosed();
        ByteSource source = lasting;
        if (source != null) {
            source.markClosed();
        }
        channel.close();
    }
}
