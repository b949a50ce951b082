package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.SmallFloats;

/**
 * A channel of a tensor's floats, cast to another dtype as they are read. Each is rounded once, to the nearest value,
 * ties to even. Values that are too large become infinite; NaN stays NaN.
 */
final class FloatCast implements ReadableByteChannel {
    /** Bytes per part: a multiple of the width of every dtype. */
    private static final int PART = 1 << 16;

    private final Tensor tensor;
    private final DataType to;
    private final ByteBuffer in;
    private final ByteBuffer out;
    private final long size;
    private long position;

    private FloatCast(Tensor tensor, DataType to) {
        this.tensor = tensor;
        this.to = to;
        this.size = tensor.shape().elements() * tensor.dtype().width();
        // Small buffers for small tensors: there may be a hundred thousand of them.
        int part = (int) Math.min(PART, size);
        this.in = ByteBuffer.allocate(part).order(tensor.order());
        this.out = ByteBuffer.allocate(4 * part).order(ByteOrder.LITTLE_ENDIAN);
        out.limit(0);
    }

    static boolean isFloat(DataType dtype) {
        return switch (dtype) {
            case DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BFLOAT16 -> true;
            default -> false;
        };
    }

    static ValueSource of(Tensor tensor, DataType to) throws IOException {
        // Damaged values must not get a new, valid checksum.
        tensor.check();
        return ValueSource.of(to, new FloatCast(tensor, to), ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!out.hasRemaining() && !fill()) {
            return -1;
        }
        int count = Math.min(target.remaining(), out.remaining());
        target.put(target.position(), out, out.position(), count);
        target.position(target.position() + count);
        out.position(out.position() + count);
        return count;
    }

    private boolean fill() throws IOException {
        if (position == size) {
            return false;
        }
        in.clear().limit((int) Math.min(PART, size - position));
        tensor.read(position, in);
        position += in.limit();
        in.flip();
        out.clear();
        while (in.hasRemaining()) {
            put(get());
        }
        out.flip();
        return true;
    }

    /** A double represents every value of the four dtypes exactly. */
    private double get() {
        return switch (tensor.dtype()) {
            case DT_HALF -> SmallFloats.half(in.getShort());
            case DT_BFLOAT16 -> SmallFloats.bfloat16(in.getShort());
            case DT_FLOAT -> in.getFloat();
            default -> in.getDouble();
        };
    }

    private void put(double value) {
        switch (to) {
            case DT_HALF -> out.putShort(SmallFloats.toHalf(value));
            case DT_BFLOAT16 -> out.putShort(SmallFloats.toBfloat16(value));
            case DT_FLOAT -> out.putFloat((float) value);
            default -> out.putDouble(value);
        }
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
