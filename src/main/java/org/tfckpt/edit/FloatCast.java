package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.SmallFloats;

/**
 * Floats cast to another dtype as they are read. Each is rounded once, to the nearest value, ties to even. Values that
 * are too large become infinite; NaN stays NaN.
 */
final class FloatCast implements ElementBytes {
    /** Bytes per part: a multiple of the width of every dtype. */
    private static final int PART = 1 << 16;

    private final ElementBytes source;
    private final DataType to;

    private FloatCast(ElementBytes source, DataType to) {
        this.source = source;
        this.to = to;
    }

    /** Returns the elements of a tensor as another dtype, or as they are if that is their own. */
    static ElementBytes of(Tensor tensor, DataType to) {
        ElementBytes source = ElementBytes.of(tensor);
        return tensor.dtype() == to ? source : new FloatCast(source, to);
    }

    static boolean isFloat(DataType dtype) {
        return switch (dtype) {
            case DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BFLOAT16 -> true;
            default -> false;
        };
    }

    /** Returns whether floats can be cast to a dtype. */
    static boolean isTarget(DataType dtype) {
        return isFloat(dtype) || dtype.name().startsWith("DT_FLOAT8_");
    }

    @Override
    public DataType dtype() {
        return to;
    }

    @Override
    public Shape shape() {
        return source.shape();
    }

    @Override
    public ByteOrder order() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        ByteBuffer out = target.slice().order(order());
        int width = source.dtype().width();
        // A small buffer for a small part: there may be a hundred thousand tensors.
        int elements = Math.min(PART / width, out.remaining() / to.width());
        ByteBuffer in = ByteBuffer.allocate(elements * width).order(source.order());
        for (long next = position / to.width() * width; out.hasRemaining(); next += in.limit()) {
            in.clear().limit(Math.min(elements, out.remaining() / to.width()) * width);
            source.read(next, in);
            cast(in.flip(), out);
        }
        target.position(target.limit());
    }

    @Override
    public void forEachPart(Tensor.PartConsumer consumer) throws IOException {
        long size = shape().elements() * to.width();
        ByteBuffer out = ByteBuffer.allocate((int) Math.min(PART, size)).order(order());
        int most = PART / to.width() * source.dtype().width();
        source.forEachPart(part -> {
            for (int at = part.position(); at < part.limit(); at += most) {
                int count = Math.min(most, part.limit() - at);
                cast(part.slice(at, count).order(part.order()), out.clear());
                consumer.accept(out.flip());
            }
        });
    }

    private void cast(ByteBuffer in, ByteBuffer out) {
        while (in.hasRemaining()) {
            put(get(in), out);
        }
    }

    /** A double represents every value of the four dtypes exactly. */
    private double get(ByteBuffer in) {
        return switch (source.dtype()) {
            case DT_HALF -> SmallFloats.half(in.getShort());
            case DT_BFLOAT16 -> SmallFloats.bfloat16(in.getShort());
            case DT_FLOAT -> in.getFloat();
            default -> in.getDouble();
        };
    }

    private void put(double value, ByteBuffer out) {
        switch (to) {
            case DT_HALF -> out.putShort(SmallFloats.toHalf(value));
            case DT_BFLOAT16 -> out.putShort(SmallFloats.toBfloat16(value));
            case DT_FLOAT -> out.putFloat((float) value);
            case DT_DOUBLE -> out.putDouble(value);
            default -> out.put(SmallFloats.toSmall(to, value));
        }
    }
}
