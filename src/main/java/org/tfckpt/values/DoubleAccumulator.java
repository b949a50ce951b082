package org.tfckpt.values;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;

/**
 * Statistics of float64 elements, and of the absolute values of complex ones. Works as {@link FloatAccumulator}; a
 * fraction has two halves, and its square three parts.
 */
final class DoubleAccumulator extends FloatingAccumulator {
    private static final int FRACTION = 52;
    private static final long FRACTION_MASK = (1L << FRACTION) - 1;
    private static final int HALF = FRACTION / 2;
    private static final int EXPONENTS = 1 << 11;
    private static final int MIN_EXPONENT = -1074;
    private static final long INFINITY = 0x7ff0_0000_0000_0000L;
    private static final long INT = 0xffff_ffffL;
    /** Sign, exponent and seven bits of the fraction. */
    private static final int BUCKET_BITS = 19;

    // The sums of an exponent.
    private static final int COUNT = 0;
    private static final int LOW = 1;
    private static final int HIGH = 2;
    private static final int SQUARE = 3;
    private static final int SQUARE_32 = 4;
    private static final int SQUARE_64 = 5;
    private static final int STRIDE = 8;

    private final DataType type;
    private final long[] block = new long[BLOCK];
    private final double[] parts = new double[2 * BLOCK];
    private final float[] floats = new float[2 * BLOCK];
    private final long[] bins = new long[2 * EXPONENTS * STRIDE];
    private long minKey = Long.MAX_VALUE;
    private long maxKey = Long.MIN_VALUE;

    DoubleAccumulator(DataType type, boolean histogram) {
        super(
                new ExactSum(MIN_EXPONENT, EXPONENTS + 3 * Long.SIZE),
                new ExactSum(2 * MIN_EXPONENT, 2 * EXPONENTS + 3 * Long.SIZE),
                histogram ? new BucketCounts(BUCKET_BITS) : null);
        this.type = type;
    }

    @Override
    void add(ByteBuffer elements) {
        switch (type) {
            case DT_COMPLEX64 -> addComplex(elements.asFloatBuffer());
            case DT_COMPLEX128 -> addComplex(elements.asDoubleBuffer());
            default -> {
                java.nio.LongBuffer bits = elements.asLongBuffer();
                while (bits.hasRemaining()) {
                    int length = Math.min(BLOCK, bits.remaining());
                    bits.get(block, 0, length);
                    add(length);
                }
            }
        }
        addSums();
    }

    private void addComplex(FloatBuffer values) {
        while (values.hasRemaining()) {
            int length = Math.min(BLOCK, values.remaining() / 2);
            values.get(floats, 0, 2 * length);
            for (int i = 0; i < length; i++) {
                block[i] = Double.doubleToRawLongBits(Complex.absolute(floats[2 * i], floats[2 * i + 1]));
            }
            add(length);
        }
    }

    private void addComplex(DoubleBuffer values) {
        while (values.hasRemaining()) {
            int length = Math.min(BLOCK, values.remaining() / 2);
            values.get(parts, 0, 2 * length);
            for (int i = 0; i < length; i++) {
                block[i] = Double.doubleToRawLongBits(Complex.absolute(parts[2 * i], parts[2 * i + 1]));
            }
            add(length);
        }
    }

    private void add(int length) {
        int n = length;
        long min = min(block, n);
        long max = max(block, n);
        if (max >= INFINITY || min <= key(INFINITY | Long.MIN_VALUE)) {
            n = removeNotFinite(length);
            min = min(block, n);
            max = max(block, n);
        }
        finite += n;
        minKey = Math.min(minKey, min);
        maxKey = Math.max(maxKey, max);
        scatter(block, n, bins);
        for (int i = 0; i < n; i++) {
            zeros += ((block[i] & Long.MAX_VALUE) - 1) >>> 63;
        }
        if (counts != null) {
            counts.addLongs(block, n);
        }
    }

    private int removeNotFinite(int length) {
        int n = 0;
        for (int i = 0; i < length; i++) {
            long bits = block[i];
            if ((bits & INFINITY) == INFINITY) {
                countNotFinite(Double.longBitsToDouble(bits));
            } else {
                block[n++] = bits;
            }
        }
        return n;
    }

    /** Maps bits to integers in the order of the values. Its own inverse. */
    private static long key(long bits) {
        return bits ^ ((bits >> 63) >>> 1);
    }

    private static long min(long[] bits, int n) {
        long min = Long.MAX_VALUE;
        for (int i = 0; i < n; i++) {
            min = Math.min(min, key(bits[i]));
        }
        return min;
    }

    private static long max(long[] bits, int n) {
        long max = Long.MIN_VALUE;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, key(bits[i]));
        }
        return max;
    }

    private static void scatter(long[] block, int n, long[] bins) {
        for (int i = 0; i < n; i++) {
            long bits = block[i];
            int bin = (int) (bits >>> FRACTION) * STRIDE;
            long fraction = bits & FRACTION_MASK;
            long square = fraction * fraction;
            bins[bin + COUNT]++;
            bins[bin + LOW] += fraction & ((1L << HALF) - 1);
            bins[bin + HIGH] += fraction >>> HALF;
            bins[bin + SQUARE] += square & INT;
            bins[bin + SQUARE_32] += square >>> 32;
            bins[bin + SQUARE_64] += Math.multiplyHigh(fraction, fraction);
        }
    }

    private void addSums() {
        for (int bin = 0; bin < bins.length; bin += STRIDE) {
            if (bins[bin] != 0) {
                addSums(bin);
                Arrays.fill(bins, bin, bin + STRIDE, 0);
            }
        }
    }

    private void addSums(int bin) {
        int exponent = bin / STRIDE & (EXPONENTS - 1);
        long sign = bin / STRIDE >= EXPONENTS ? -1 : 1;
        int shift = Math.max(0, exponent - 1);
        sum.add(sign * bins[bin + LOW], shift);
        sum.add(sign * bins[bin + HIGH], shift + HALF);
        squares.add(bins[bin + SQUARE], 2 * shift);
        squares.add(bins[bin + SQUARE_32], 2 * shift + 32);
        squares.add(bins[bin + SQUARE_64], 2 * shift + 64);
        if (exponent > 0) {
            // (f + 2^52)² = f² + 2^53 f + 2^104
            sum.add(sign * bins[bin + COUNT], shift + FRACTION);
            squares.add(bins[bin + LOW], 2 * shift + FRACTION + 1);
            squares.add(bins[bin + HIGH], 2 * shift + FRACTION + 1 + HALF);
            squares.add(bins[bin + COUNT], 2 * shift + 2 * FRACTION);
        }
    }

    @Override
    void merge(Accumulator other) {
        DoubleAccumulator more = (DoubleAccumulator) other;
        mergeSums(more);
        minKey = Math.min(minKey, more.minKey);
        maxKey = Math.max(maxKey, more.maxKey);
    }

    private static double value(long key) {
        return Double.longBitsToDouble(key(key));
    }

    @Override
    Summary summary() {
        return finite == 0 ? summary(moments(), null, null) : summary(moments(), value(minKey), value(maxKey));
    }

    @Override
    @Nullable
    Histogram histogram() {
        return counts == null ? null : counts.histogram(value(minKey), value(maxKey), DoubleAccumulator::bucketEdge);
    }

    /** Returns the value in a bucket that is nearest to 0 or, if {@code outer}, farthest from it. */
    static double bucketEdge(int bucket, boolean outer) {
        int rest = Long.SIZE - BUCKET_BITS;
        return Double.longBitsToDouble((long) bucket << rest | (outer ? (1L << rest) - 1 : 0));
    }

    /** Returns counters for values as doubles. */
    static BucketCounts newCounts() {
        return new BucketCounts(BUCKET_BITS);
    }

    @Override
    void reset() {
        super.reset();
        minKey = Long.MAX_VALUE;
        maxKey = Long.MIN_VALUE;
    }
}
