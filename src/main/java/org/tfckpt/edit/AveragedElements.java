package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.scan.DoubleReader;
import org.tfckpt.scan.TensorChunks;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/**
 * The weighted means of the elements of several tensors, computed as they are read: the products of elements and weights
 * are summed in double precision, in the order of the tensors, divided by the sum of the weights as
 * {@code numpy.average} does, and rounded once. The parts of complex numbers are averaged.
 */
final class AveragedElements implements ValueSource.Parts {
    /** Elements, or parts of complex ones, of a chunk: those of one input and the sums fit the second-level cache. */
    private static final int CHUNK = 1 << 15;
    /** Those that are summed at a time: they fit the first-level cache. */
    private static final int BLOCK = 1024;

    private final List<TensorChunks> inputs;
    private final double[] weights;
    private final double total;
    private final IntConsumer nanFound;
    /** The dtype of an element, or of the parts of a complex one. */
    private final DataType part;

    private final long count;
    private final Executor executor;
    private final int threads;

    /**
     * Creates the means.
     *
     * @param inputs the tensors, which have the same dtype and shape and are read once
     * @param dtype their dtype
     * @param weights one number for each
     * @param nanFound receives the index of each input that has a NaN
     * @param executor runs the chunks that the thread that writes does not run itself
     * @param threads the maximum number of threads
     */
    AveragedElements(
            List<TensorChunks> inputs,
            DataType dtype,
            double[] weights,
            IntConsumer nanFound,
            Executor executor,
            int threads) {
        this.inputs = inputs;
        this.weights = weights;
        this.nanFound = nanFound;
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
        this.count = inputs.get(0).elements() * (dtype.width() / part.width());
        this.executor = executor;
        this.threads = threads;
    }

    @Override
    public void forEachPart(Tensor.PartConsumer consumer) throws IOException {
        Queue<Chunk> unused = new ArrayDeque<>();
        try (OrderedWork work = new OrderedWork(executor, threads)) {
            for (long first = 0; first < count; first += CHUNK) {
                Chunk chunk = unused.isEmpty() ? new Chunk(consumer, unused) : unused.remove();
                chunk.first = first;
                chunk.n = (int) Math.min(CHUNK, count - first);
                work.add(chunk);
            }
            work.finish();
        }
        for (TensorChunks input : inputs) {
            input.finish();
        }
    }

    /** Some consecutive elements. Used again, because it has large buffers. */
    private final class Chunk implements OrderedWork.Job {
        private final Tensor.PartConsumer consumer;
        private final Queue<Chunk> unused;
        private final DoubleReader reader = new DoubleReader(part);
        private final double[] values = new double[BLOCK];
        private final double[] sums = new double[BLOCK];
        private final double[] probes = new double[BLOCK];
        private final float[] floats = new float[BLOCK];
        private final ByteBuffer[] elements = new ByteBuffer[weights.length];
        private final int[] checksums = new int[weights.length];
        private final boolean[] nan = new boolean[weights.length];
        private final ByteBuffer out =
                ByteBuffer.allocate((int) Math.min(CHUNK, count) * part.width()).order(ByteOrder.LITTLE_ENDIAN);
        private long first;
        private int n;

        Chunk(Tensor.PartConsumer consumer, Queue<Chunk> unused) {
            this.consumer = consumer;
            this.unused = unused;
        }

        @Override
        public void run() throws IOException {
            for (int input = 0; input < elements.length; input++) {
                elements[input] = inputs.get(input).read(first * part.width(), n * part.width(), checksums, input);
            }
            Arrays.fill(probes, 0);
            average(false);
            for (double probe : probes) {
                if (probe != 0) {
                    average(true);
                    break;
                }
            }
        }

        private void average(boolean carefully) {
            out.clear();
            for (int at = 0; at < n; at += BLOCK) {
                int length = Math.min(BLOCK, n - at);
                Arrays.fill(sums, 0);
                for (int input = 0; input < elements.length; input++) {
                    reader.read(elements[input], at, values, length);
                    add(values, weights[input], sums);
                }
                divide(sums, total);
                if (carefully) {
                    repair(at, length);
                } else {
                    probe(sums, probes);
                }
                put(length);
            }
            out.flip();
        }

        /** Looks for NaNs, and computes the means of elements whose sum is infinite although they may be finite. */
        private void repair(int at, int length) {
            for (int i = 0; i < length; i++) {
                if (Double.isFinite(sums[i])) {
                    continue;
                }
                // Scaled by powers of two, which round only subnormal numbers, so that the sum does not overflow.
                int scale = -Math.getExponent(total);
                double sum = 0;
                for (int input = 0; input < elements.length; input++) {
                    double value = Elements.floatAt(part, elements[input], at + i);
                    nan[input] |= Double.isNaN(value);
                    sum += value / 4 * Math.scalb(weights[input], scale);
                }
                sums[i] = Double.isNaN(sums[i]) ? sums[i] : sum / Math.scalb(total, scale) * 4;
            }
        }

        private void put(int length) {
            if (part == DataType.DT_FLOAT) {
                round(sums, floats);
                out.asFloatBuffer().put(floats, 0, length);
                out.position(out.position() + length * Float.BYTES);
            } else {
                for (int i = 0; i < length; i++) {
                    FloatCast.put(part, sums[i], out);
                }
            }
        }

        @Override
        public void finish() throws IOException {
            for (int input = 0; input < elements.length; input++) {
                inputs.get(input).combine(checksums[input], (long) n * part.width());
                if (nan[input]) {
                    nanFound.accept(input);
                    nan[input] = false;
                }
            }
            consumer.accept(out);
            unused.add(this);
        }
    }

    // Loops that the JIT compiler vectorises.

    private static void add(double[] values, double weight, double[] sums) {
        for (int i = 0; i < BLOCK; i++) {
            sums[i] += values[i] * weight;
        }
    }

    private static void divide(double[] sums, double total) {
        for (int i = 0; i < BLOCK; i++) {
            sums[i] /= total;
        }
    }

    /** Makes a probe NaN if a sum is infinite or NaN. */
    private static void probe(double[] sums, double[] probes) {
        for (int i = 0; i < BLOCK; i++) {
            probes[i] += sums[i] * 0;
        }
    }

    private static void round(double[] sums, float[] floats) {
        for (int i = 0; i < BLOCK; i++) {
            floats[i] = (float) sums[i];
        }
    }
}
