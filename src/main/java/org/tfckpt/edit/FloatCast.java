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
    private final ByteBuffer in;

    private FloatCast(ElementBytes source, DataType to) {
        this.source = source;
        this.to = to;
        // A small buffer for a small tensor: there may be a hundred thousand of them.
        long size = source.shape().elements() * source.dtype().width();
        this.in = ByteBuffer.allocate((int) Math.min(PART, size)).order(source.order());
    }

    /** Returns the elements of a tensor as another dtype, or as they are if that is their own. */
    static ElementBytes of(Tensor tensor, DataType to) throws IOException {
        ElementBytes source = ElementBytes.of(tensor);
        return tensor.dtype() == to ? source : new FloatCast(source, to);
    }

    static boolean isFloat(DataType dtype) {
        return switch (dtype) {
            case DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BFLOAT16 -> true;
            default -> false;
        };
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
        long next = position / to.width() * width;
        while (out.hasRemaining()) {
            int wanted = (int) Math.min(in.capacity(), (long) out.remaining() / to.width() * width);
            in.clear().limit(wanted);
            source.read(next, in);
            next += wanted;
            in.flip();
            while (in.hasRemaining()) {
                put(get(), out);
            }
        }
        target.position(target.limit());
    }

    /** A double represents every value of the four dtypes exactly. */
    private double get() {
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
            default -> out.putDouble(value);
        }
    }
}
