package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.SmallFloats;

/**
 * The elements of a tensor of fixed width, where floats may be cast to another dtype as they are read. Each is rounded
 * once, to the nearest value, ties to even. Values that are too large become infinite; NaN stays NaN.
 */
final class FloatCast implements ValueSource.Parts {
    /** Bytes per part: a multiple of the width of every dtype. */
    private static final int PART = 1 << 16;

    private final Tensor source;
    private final DataType from;
    private final DataType to;

    FloatCast(Tensor source, DataType to) {
        this.source = source;
        this.from = source.dtype();
        this.to = to;
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

    DataType dtype() {
        return to;
    }

    Shape shape() {
        return source.shape();
    }

    ByteOrder order() {
        return from == to ? source.order() : ByteOrder.LITTLE_ENDIAN;
    }

    /** Reads whole elements, as many as fit into {@code target}, from a position in bytes. */
    void read(long position, ByteBuffer target) throws IOException {
        if (from == to) {
            source.read(position, target);
            return;
        }
        ByteBuffer out = target.slice().order(order());
        int width = from.width();
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
        if (from == to) {
            source.forEachPart(consumer);
            return;
        }
        long size = shape().elements() * to.width();
        ByteBuffer out = ByteBuffer.allocate((int) Math.min(PART, size)).order(order());
        int most = PART / to.width() * from.width();
        source.forEachPart(part -> {
            for (int at = part.position(); at < part.limit(); at += most) {
                int count = Math.min(most, part.limit() - at);
                cast(part.slice(at, count).order(part.order()), out.clear());
                consumer.accept(out.flip());
            }
        });
    }

    /** A double represents every value of the four dtypes exactly. */
    private void cast(ByteBuffer in, ByteBuffer out) {
        int count = in.remaining() / from.width();
        for (int i = 0; i < count; i++) {
            put(to, Elements.floatAt(from, in, i), out);
        }
    }

    /** Appends a number, rounded to a dtype of floats. */
    static void put(DataType dtype, double value, ByteBuffer out) {
        switch (dtype) {
            case DT_HALF -> out.putShort(SmallFloats.toHalf(value));
            case DT_BFLOAT16 -> out.putShort(SmallFloats.toBfloat16(value));
            case DT_FLOAT -> out.putFloat((float) value);
            case DT_DOUBLE -> out.putDouble(value);
            default -> out.put(SmallFloats.toSmall(dtype, value));
        }
    }
}
