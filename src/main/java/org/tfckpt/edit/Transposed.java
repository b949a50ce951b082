package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.PermutedData;
import org.tfckpt.format.TensorData;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/** Elements with their axes in another order. Keeps the part that was read last, since parts cost less than elements. */
final class Transposed implements ElementBytes {
    private final ElementBytes source;
    private final Shape shape;
    private final TensorData data;
    private final long partSize;
    private @Nullable ByteBuffer part;
    private long partStart;

    Transposed(ElementBytes source, List<Integer> axes) {
        this.source = source;
        this.shape = source.shape().permuted(axes);
        this.data = PermutedData.of(
                new Source(source),
                source.shape().toArray(),
                axes.stream().mapToInt(axis -> axis).toArray(),
                source.dtype().width());
        this.partSize = data instanceof PermutedData permuted ? permuted.partSize() : 1 << 20;
    }

    @Override
    public DataType dtype() {
        return source.dtype();
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public ByteOrder order() {
        return source.order();
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            long at = position;
            ByteBuffer known = part;
            if (known == null || at < partStart || at >= partStart + known.limit()) {
                partStart = at / partSize * partSize;
                known = data.read(partStart, (int) Math.min(partSize, data.size() - partStart));
                part = known;
            }
            int offset = (int) (at - partStart);
            int count = Math.min(target.remaining(), known.limit() - offset);
            target.put(target.position(), known, offset, count).position(target.position() + count);
            position += count;
        }
    }

    /** The elements before they are reordered. */
    private record Source(ElementBytes elements) implements TensorData {
        @Override
        public long size() {
            return elements.shape().elements() * elements.dtype().width();
        }

        @Override
        public ByteOrder order() {
            return elements.order();
        }

        @Override
        public void check() {
            // Checked when they were opened.
        }

        @Override
        public ByteBuffer read(long offset, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            elements.read(offset, bytes);
            return bytes.flip().order(order());
        }

        @Override
        public void readInto(long offset, ByteBuffer target) throws IOException {
            elements.read(offset, target);
        }

        @Override
        public void forEach(ByteSource.Consumer consumer) {
            throw new UnsupportedOperationException("reordered elements are read part by part");
        }
    }
}
