package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A file mapped in windows, each when it is first needed. An operating system has some 65,000 mappings and a checkpoint
 * up to a million tensors, hence windows; a range that straddles two gets a mapping of its own.
 *
 * <p>The file's size is checked before a range is walked, by a look that may be some microseconds old. A file that shrinks
 * after that look ends the JVM when the lost part is touched (seen on 17 and 25): {@link ChannelSource} is there for files
 * that may.
 */
final class MappedSource extends ByteSource {
    private static final int WINDOW_BITS = 30;
    private static final int WINDOW = 1 << WINDOW_BITS;
    /** So much is walked between two looks at the file's size. */
    private static final int PART = 1 << 24;
    /**
     * So long a look at the file's size is believed. To ask the operating system takes half a microsecond, which is as long
     * as all else takes that is done for a small tensor; and to check a part takes ten times as long as this.
     */
    private static final long BELIEVED_NANOS = 100_000;

    private static final long LARGEST = (long) WINDOW << 20;

    private final FileChannel channel;
    private final long mappable;
    private final AtomicReferenceArray<MappedByteBuffer> windows;
    private volatile Look last;

    /** A look at the file's size, and when it began. */
    private record Look(long size, long nanos) {}

    private MappedSource(String name, FileChannel channel, long size) {
        super(name);
        this.channel = channel;
        this.mappable = size;
        // Nobody knows how long ago that was: the first read looks again.
        this.last = new Look(size, System.nanoTime() - BELIEVED_NANOS);
        this.windows = new AtomicReferenceArray<>((int) ((size + WINDOW - 1) >> WINDOW_BITS));
    }

    /**
     * Maps a file's first window.
     *
     * @throws UnsupportedOperationException if this file system cannot map
     * @throws IOException if it says so in this way, or the file is too large
     */
    static MappedSource open(String name, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size > LARGEST) {
            throw new IOException(name + " is too large to be mapped");
        }
        MappedSource source = new MappedSource(name, channel, size);
        if (size > 0) {
            source.window(0);
        }
        return source;
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
    long recentSize() throws IOException {
        Look look = last;
        long now = System.nanoTime();
        if (now - look.nanos >= BELIEVED_NANOS) {
            look = new Look(size(), now);
            last = look;
        }
        return look.size;
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        requireMapped(offset, length);
        if (length == 0) {
            return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        int first = (int) (offset >> WINDOW_BITS);
        boolean straddles = (offset + length - 1) >> WINDOW_BITS != first;
        ByteBuffer bytes = straddles ? map(offset, length) : window(first).slice((int) (offset & (WINDOW - 1)), length);
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        forEach(offset, target.remaining(), target::put);
    }

    @Override
    public void forEach(long offset, long length, Consumer consumer) throws IOException {
        requireMapped(offset, length);
        long end = offset + length;
        for (long at = offset; at < end; ) {
            long windowEnd = ((at >> WINDOW_BITS) + 1) << WINDOW_BITS;
            int part = (int) Math.min(Math.min(end, windowEnd) - at, PART);
            if (at > offset) {
                requireMapped(at, part);
            }
            consumer.accept(window((int) (at >> WINDOW_BITS))
                    .slice((int) (at & (WINDOW - 1)), part)
                    .order(ByteOrder.LITTLE_ENDIAN));
            at += part;
        }
    }

    private void requireMapped(long offset, long length) throws IOException {
        requireRange(offset, length);
        // Bytes that were added to the file since it was opened belong to no window.
        if (offset > mappable - length) {
            throw passesEnd(offset, length, mappable);
        }
    }

    private MappedByteBuffer window(int index) throws IOException {
        MappedByteBuffer window = windows.get(index);
        if (window == null) {
            long start = (long) index << WINDOW_BITS;
            window = map(start, Math.min(WINDOW, mappable - start));
            windows.set(index, window);
        }
        return window;
    }

    private MappedByteBuffer map(long offset, long length) throws IOException {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
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
