package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.tfckpt.io.ByteSource;

/**
 * A tensor with permuted axes: the bytes are rearranged while they are read, in tiles that fit a core's cache, and are
 * not kept in memory. Thread-safe.
 */
public final class PermutedData implements TensorData {
    private static final long PART = 1 << 23;

    private final TensorData source;
    private final Layout layout;
    private final int width;
    private final int contiguous;

    private PermutedData(TensorData source, Layout layout, int width) {
        this.source = source;
        this.layout = layout;
        this.width = width;
        this.contiguous = layout.contiguousAxis();
    }

    /**
     * Creates a view of a row-major tensor with permuted axes; for each axis of the result, {@code axes} has its axis
     * in the source. Elements have at most 16 bytes. Returns the source itself if its bytes have the same order.
     */
    public static TensorData of(TensorData source, long[] shape, int[] axes, int width) {
        if (source.size() == 0) {
            return source;
        }
        Layout layout = Layout.of(shape, axes);
        return layout.isIdentity() ? source : new PermutedData(source, layout, width);
    }

    @Override
    public long size() {
        return source.size();
    }

    @Override
    public ByteOrder order() {
        return source.order();
    }

    @Override
    public void check() throws IOException {
        source.check();
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, size());
        ByteBuffer bytes = ByteBuffer.allocate(length);
        readInto(offset, bytes);
        return bytes.flip().order(order());
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        int length = target.remaining();
        Objects.checkFromIndexSize(offset, length, size());
        int before = (int) (offset % width);
        int after = (int) Math.floorMod(-(offset + length), (long) width);
        if (before == 0 && after == 0) {
            fill(offset / width, target.slice());
            target.position(target.limit());
        } else {
            ByteBuffer whole = ByteBuffer.allocate(before + length + after);
            fill((offset - before) / width, whole);
            target.put(whole.slice(before, length));
        }
    }

    private void fill(long first, ByteBuffer target) throws IOException {
        TileCopy copy = new TileCopy(source, width, target);
        int inner = layout.rank() - 1;
        long end = first + target.remaining() / width;
        for (long at = first; at < end; ) {
            int done = (int) ((at - first) * width);
            long block = layout.step(contiguous);
            if (at % block == 0 && end - at >= block && contiguous < inner) {
                long count = Math.min((end - at) / block, layout.size(contiguous) - layout.index(contiguous, at));
                block(copy, at, (int) count, done);
                at += count * block;
            } else {
                long count = Math.min(end - at, layout.size(inner) - layout.index(inner, at));
                copy.box(layout.source(at), layout.stride(inner), count, 1, done, 0);
                at += count;
            }
        }
    }

    /** Copies consecutive rows, each of which has all elements of the axes after the contiguous one. */
    private void block(TileCopy copy, long first, int rows, int done) throws IOException {
        int inner = layout.rank() - 1;
        long rowLength = layout.step(contiguous);
        for (long at = 0; at < rowLength; at += layout.size(inner)) {
            copy.box(
                    layout.source(first + at),
                    layout.stride(inner),
                    layout.size(inner),
                    rows,
                    done + (int) (at * width),
                    (int) (rowLength * width));
        }
    }

    @Override
    public void forEach(ByteSource.Consumer consumer) throws IOException {
        long part = partSize();
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(part, size()));
        for (long done = 0; done < size(); done += part) {
            bytes.clear().limit((int) Math.min(part, size() - done));
            readInto(done, bytes);
            consumer.accept(bytes.flip().order(order()));
        }
    }

    /**
     * Returns the size of the parts that are read at the least cost: a multiple of 16 bytes, if possible whole rows,
     * and as many as fill tiles.
     */
    public long partSize() {
        long row = layout.step(contiguous) * width;
        long rows = PART / row;
        int run = TileCopy.runLength(layout.stride(layout.rank() - 1), width);
        long together = rows >= run ? run : 16;
        rows -= rows % together;
        return rows == 0 ? PART : rows * row;
    }
}
