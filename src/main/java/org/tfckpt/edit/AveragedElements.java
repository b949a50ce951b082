package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.IntConsumer;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.SmallFloats;

/**
 * The weighted means of the elements of several tensors, computed as they are read: the products of elements and weights
 * are summed in double precision, in the order of the tensors, divided by the sum of the weights as
 * {@code numpy.average} does, and rounded once. The parts of complex numbers are averaged.
 */
final class AveragedElements implements ElementBytes {
    /** Elements, or parts of complex ones, at a time. */
    private static final int BLOCK = 1 << 14;

    private final List<Tensor> tensors;
    private final double[] weights;
    private final double total;
    private final IntConsumer nanFound;
    private final DataType dtype;
    /** The dtype of an element, or of the parts of a complex one. */
    private final DataType part;

    private final double[] sums;
    private final float[] floats;

    AveragedElements(List<Tensor> tensors, double[] weights, IntConsumer nanFound) {
        this.tensors = tensors;
        this.weights = weights;
        this.nanFound = nanFound;
        this.dtype = tensors.get(0).dtype();
        this.part = switch (dtype) {
            case DT_COMPLEX64 -> DataType.DT_FLOAT;
            case DT_COMPLEX128 -> DataType.DT_DOUBLE;
            default -> dtype;
        };
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        this.total = sum;
        this.sums = new double[(int) Math.min(BLOCK, shape().elements() * dtype.width() / part.width())];
        this.floats = new float[part == DataType.DT_FLOAT ? sums.length : 0];
    }

    static boolean canAverage(DataType dtype) {
        return dtype == DataType.DT_DOUBLE || Elements.fitsFloat(dtype) || dtype.width() > dtype.swapUnit();
    }

    @Override
    public DataType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return tensors.get(0).shape();
    }

    @Override
    public ByteOrder order() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public void read(long position, ByteBuffer target) throws IOException {
        ByteBuffer out = target.slice().order(order());
        while (out.hasRemaining()) {
            int count = Math.min(sums.length, out.remaining() / part.width());
            average(position + out.position(), count);
            if (part == DataType.DT_FLOAT) {
                putFloats(count, out);
            } else {
                for (int i = 0; i < count; i++) {
                    put(sums[i], out);
                }
            }
        }
        target.position(target.limit());
    }

    private void average(long position, int count) throws IOException {
        java.util.Arrays.fill(sums, 0, count, 0);
        for (int input = 0; input < weights.length; input++) {
            add(tensors.get(input).asByteBuffer(position, count * part.width()), count, weights[input], input);
        }
        divide(sums, count, total);
        for (int i = 0; i < count; i++) {
            if (Double.isInfinite(sums[i])) {
                sums[i] = scaledMean(position, i);
            }
        }
    }

    private static void divide(double[] sums, int count, double total) {
        for (int i = 0; i < count; i++) {
            sums[i] /= total;
        }
    }

    private void add(ByteBuffer values, int count, double weight, int input) {
        boolean nan = false;
        if (part == DataType.DT_FLOAT) {
            values.asFloatBuffer().get(0, floats, 0, count);
            nan = addFloats(floats, count, weight, sums);
        } else {
            for (int i = 0; i < count; i++) {
                double value = Elements.floatAt(part, values, i);
                nan |= Double.isNaN(value);
                sums[i] += value * weight;
            }
        }
        if (nan) {
            nanFound.accept(input);
        }
    }

    /** Returns whether there is a NaN. */
    private static boolean addFloats(float[] values, int count, double weight, double[] sums) {
        boolean nan = false;
        for (int i = 0; i < count; i++) {
            double value = values[i];
            nan |= Double.isNaN(value);
            sums[i] += value * weight;
        }
        return nan;
    }

    private void putFloats(int count, ByteBuffer out) {
        for (int i = 0; i < count; i++) {
            floats[i] = (float) sums[i];
        }
        out.asFloatBuffer().put(floats, 0, count);
        out.position(out.position() + count * Float.BYTES);
    }

    /** Returns the mean of elements whose sum is infinite, although the elements may be finite. */
    private double scaledMean(long position, int index) throws IOException {
        double mean = 0;
        for (int input = 0; input < weights.length; input++) {
            ByteBuffer value = tensors.get(input).asByteBuffer(position + (long) index * part.width(), part.width());
            mean += Elements.floatAt(part, value, 0) * (weights[input] / total);
        }
        return mean;
    }

    private void put(double value, ByteBuffer out) {
        switch (part) {
            case DT_DOUBLE -> out.putDouble(value);
            case DT_HALF -> out.putShort(SmallFloats.toHalf(value));
            case DT_BFLOAT16 -> out.putShort(SmallFloats.toBfloat16(value));
            default -> out.put(SmallFloats.toSmall(part, value));
        }
    }
}
