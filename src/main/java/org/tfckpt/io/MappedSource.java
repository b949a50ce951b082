package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A file that is mapped in windows, each when it is first needed. A mapping per tensor is not possible: Linux permits
 * about 65,000 mappings, and a checkpoint may have a million tensors. A range that spans two windows gets a mapping of
 * its own.
 *
 * <p>The file's size is checked before a range is read, up to {@link #SIZE_VALID_NANOS} earlier. If the file shrinks
 * after the check, accessing the missing part can crash the JVM (seen on JDK 17 and 25): use {@link ChannelSource} for
 * files that may shrink.
 */
final class MappedSource extends FileSource<FileChannel> {
    private static final int WINDOW_BITS = 30;
    private static final int WINDOW = 1 << WINDOW_BITS;
    /** The number of bytes passed to a consumer between two checks of the file's size. */
    private static final int PART = 1 << 24;
    /**
     * The time for which the file's size is cached. Asking the operating system takes half a microsecond, as long as
     * all other work for a small tensor. Computing the checksum of a part takes ten times as long as this period, so
     * that a longer one would save nothing.
     */
    private static final long SIZE_VALID_NANOS = 100_000;
    /**
     * 1 PiB, a million windows: a sparse file can have any size, and must not make the array of windows fill the heap.
     */
    private static final long MAX_MAPPED_SIZE = (long) WINDOW << 20;

    private final long mappable;
    private final AtomicReferenceArray<ByteBuffer> windows;
    /** Unmaps the file at close; null if the garbage collector does. */
    private final @Nullable MappingArena arena;
    /** With an arena, the mappings of ranges that span windows: they are kept because they live until close. */
    private final Map<Range, ByteBuffer> wide = new ConcurrentHashMap<>();

    private volatile KnownSize knownSize;

    private record Range(long offset, long length) {}

    /** The file's size, and the time before it was determined. */
    private record KnownSize(long size, long nanos) {}

    private MappedSource(String name, FileChannel channel, long size, @Nullable MappingArena arena) {
        super(name, channel);
        this.arena = arena;
        this.mappable = size;
        // The time at which it was determined is unknown, so the first read checks again.
        this.knownSize = new KnownSize(size, System.nanoTime() - SIZE_VALID_NANOS);
        this.windows = new AtomicReferenceArray<>((int) ((size + WINDOW - 1) >> WINDOW_BITS));
    }

    /** Maps a file's first window. Throws if the file system does not support mapping, or the file is too large. */
    static MappedSource open(String name, FileChannel channel, boolean unmapOnClose) throws IOException {
        long size = channel.size();
        if (size > MAX_MAPPED_SIZE) {
            throw new IOException("'" + name + "' is too large to be mapped");
        }
        MappedSource source = new MappedSource(name, channel, size, unmapOnClose ? MappingArena.create() : null);
        if (size > 0) {
            try {
                source.window(0);
            } catch (IOException | RuntimeException e) {
                source.unmap();
                throw e;
            }
        }
        return source;
    }

    @Override
    long recentSize(long offset, long length) throws IOException {
        KnownSize known = knownSize;
        long now = System.nanoTime();
        if (now - known.nanos >= SIZE_VALID_NANOS) {
            known = new KnownSize(size(), now);
            knownSize = known;
        }
        return known.size;
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        requireMapped(offset, length);
        if (length == 0) {
            return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        int first = (int) (offset >> WINDOW_BITS);
        boolean straddles = (offset + length - 1) >> WINDOW_BITS != first;
        ByteBuffer bytes =
                straddles ? straddling(offset, length) : window(first).slice((int) (offset & (WINDOW - 1)), length);
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns a range that spans windows. */
    private ByteBuffer straddling(long offset, int length) throws IOException {
        if (arena == null) {
            return map(offset, length);
        }
        long start = offset & -WINDOW;
        // Ends at most two windows less nine bytes after the start of the first.
        Range range = length <= WINDOW - 8
                ? new Range(start, Math.min(MappingArena.MAX_LENGTH, mappable - start))
                : new Range(offset, length);
        ByteBuffer mapping = wide.get(range);
        if (mapping == null) {
            mapping = map(range.offset, range.length);
            wide.put(range, mapping);
        }
        return mapping.slice((int) (offset - range.offset), length);
    }

    @Override
    public ByteBuffer readLasting(long offset, int length) throws IOException {
        if (arena == null) {
            return read(offset, length);
        }
        requireMapped(offset, length);
        ByteBuffer copy = ByteBuffer.allocate(length);
        readInto(offset, copy);
        return copy.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        forEach(offset, target.remaining(), target::put);
    }

    @Override
    public void readRuns(long offset, long distance, int length, int count, byte[] target) throws IOException {
        if (count > 0) {
            requireMapped(offset, (count - 1) * distance + length);
        }
        for (int i = 0; i < count; i++) {
            long at = offset + i * distance;
            int start = (int) (at & (WINDOW - 1));
            if (start > WINDOW - length) {
                readInto(at, ByteBuffer.wrap(target, i * length, length));
                continue;
            }
            try {
                window((int) (at >> WINDOW_BITS)).get(start, target, i * length, length);
            } catch (IllegalStateException e) {
                throw unlessClosed(e);
            }
        }
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
            ByteBuffer bytes = window((int) (at >> WINDOW_BITS)).slice((int) (at & (WINDOW - 1)), part);
            try {
                consumer.accept(bytes.order(ByteOrder.LITTLE_ENDIAN));
            } catch (IllegalStateException e) {
                throw unlessClosed(e);
            }
            at += part;
        }
    }

    private void requireMapped(long offset, long length) throws IOException {
        requireRange(offset, length);
        // Bytes appended after the file was opened are not in any window.
        if (offset > mappable - length) {
            throw passesEnd(offset, length, mappable);
        }
    }

    private ByteBuffer window(int index) throws IOException {
        ByteBuffer window = windows.get(index);
        if (window == null) {
            long start = (long) index << WINDOW_BITS;
            window = map(start, Math.min(WINDOW, mappable - start));
            windows.set(index, window);
        }
        return window;
    }

    private ByteBuffer map(long offset, long length) throws IOException {
        try {
            return arena == null
                    ? channel.map(FileChannel.MapMode.READ_ONLY, offset, length)
                    : arena.map(channel, offset, length);
        } catch (IllegalStateException e) {
            throw unlessClosed(e);
        } catch (ClosedChannelException e) {
            throw unlessClosed(e);
        }
    }

    @Override
    public void close() throws IOException {
        markClosed();
        unmap();
        super.close();
    }

    private void unmap() {
        if (arena != null) {
            arena.close();
        }
    }
}
