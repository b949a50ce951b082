package org.tfckpt.values;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;

/** Statistics of integers of 64 bits. */
final class LongAccumulator extends Accumulator {
    private static final long serialVersionUID = 1;
    private static final int HALF = 32;
    private static final long MASK = 0xffff_ffffL;

    private final boolean unsigned;
    private final transient double[] doubles = new double[BLOCK];
    private final transient long[] block = new long[BLOCK];
    private final ExactSum sum = new ExactSum(0, 3 * Long.SIZE);
    private final ExactSum squares = new ExactSum(0, 4 * Long.SIZE);
    private final @Nullable BucketCounts counts;
    private long count;
    /** With the sign bit flipped if {@link #unsigned}. */
    private long min = Long.MAX_VALUE;

    private long max = Long.MIN_VALUE;

    LongAccumulator(DataType type, boolean histogram) {
        this.unsigned = type == DataType.DT_UINT64;
        this.counts = histogram ? new BucketCounts(false) : null;
    }

    @Override
    void add(ByteBuffer elements) {
        LongBuffer values = elements.asLongBuffer();
        while (values.hasRemaining()) {
            int length = Math.min(BLOCK, values.remaining());
            values.get(block, 0, length);
            add(length);
        }
    }

    private void add(int n) {
        count += n;
        long flip = unsigned ? Long.MIN_VALUE : 0;
        long low = 0;
        long high = 0;
        long square0 = 0;
        long square32 = 0;
        long square64 = 0;
        long square96 = 0;
        for (int i = 0; i < n; i++) {
            long value = block[i];
            min = Math.min(min, value ^ flip);
            max = Math.max(max, value ^ flip);
            zeros += value == 0 ? 1 : 0;
            low += value & MASK;
            high += unsigned ? value >>> HALF : value >> HALF;
            long magnitude = unsigned ? value : Math.abs(value);
            long product = magnitude * magnitude;
            // Beyond 2^63, a magnitude is negative as a long.
            long upper = Math.multiplyHigh(magnitude, magnitude) + ((magnitude >> 63) & (2 * magnitude));
            square0 += product & MASK;
            square32 += product >>> HALF;
            square64 += upper & MASK;
            square96 += upper >>> HALF;
        }
        sum.add(low, 0);
        sum.add(high, HALF);
        squares.add(square0, 0);
        squares.add(square32, HALF);
        squares.add(square64, 2 * HALF);
        squares.add(square96, 3 * HALF);
        if (counts != null) {
            for (int i = 0; i < n; i++) {
                doubles[i] = toDouble(block[i], unsigned);
            }
            counts.add(doubles, n);
        }
    }

    @Override
    void merge(Accumulator other) {
        LongAccumulator more = (LongAccumulator) other;
        mergeCounts(more);
        count += more.count;
        min = Math.min(min, more.min);
        max = Math.max(max, more.max);
        sum.add(more.sum);
        squares.add(more.squares);
        if (counts != null && more.counts != null) {
            counts.add(more.counts);
        }
    }

    /** Returns the nearest double. */
    static double toDouble(long bits, boolean unsigned) {
        // The last bit only decides whether the result is rounded up.
        return unsigned && bits < 0 ? ((bits >>> 1) | (bits & 1)) * 2.0 : bits;
    }

    private Number value(long flipped) {
        long bits = unsigned ? flipped ^ Long.MIN_VALUE : flipped;
        return unsigned && bits < 0 ? new BigInteger(Long.toUnsignedString(bits)) : (Number) bits;
    }

    @Override
    Summary summary() {
        Moments moments = new Moments(count, sum.value(), squares.value());
        return count == 0 ? summary(moments, null, null) : summary(moments, value(min), value(max));
    }

    @Override
    @Nullable
    Histogram histogram() {
        return counts == null
                ? null
                : counts.histogram(value(min).doubleValue(), value(max).doubleValue());
    }

    @Override
    void reset() {
        super.reset();
        count = 0;
        min = Long.MAX_VALUE;
        max = Long.MIN_VALUE;
        sum.reset();
        squares.reset();
        if (counts != null) {
            counts.reset();
        }
    }
}
