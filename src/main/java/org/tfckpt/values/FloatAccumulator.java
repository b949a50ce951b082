package org.tfckpt.values;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of float32 elements. Within a block, the fractions of elements with the same sign and exponent are added
 * as integers, and so are their squares; these sums cannot overflow, and are then added to the exact sums.
 */
final class FloatAccumulator extends FloatingAccumulator {
    private static final int FRACTION = 23;
    private static final int FRACTION_MASK = (1 << FRACTION) - 1;
    private static final int EXPONENTS = 1 << 8;
    private static final int MIN_EXPONENT = -149;
    /** Above the sum of the fractions of a block. */
    private static final int COUNT = 40;

    private static final int INFINITY = 0x7f80_0000;
    private static final int NEGATIVE_INFINITY = 0xff80_0000;

    private final int[] block = new int[BLOCK];
    /** By sign and exponent: the number of elements × 2^{@link #COUNT} + the sum of their fractions. */
    private final long[] fractions = new long[2 * EXPONENTS];

    private final long[] squaredFractions = new long[2 * EXPONENTS];
    private int minKey = Integer.MAX_VALUE;
    private int maxKey = Integer.MIN_VALUE;
    private int blockMin;
    private int blockMax;

    FloatAccumulator(boolean histogram) {
        super(
                new ExactSum(MIN_EXPONENT, EXPONENTS + 2 * Long.SIZE),
                new ExactSum(2 * MIN_EXPONENT, 2 * EXPONENTS + 2 * Long.SIZE),
                histogram ? new BucketCounts(Short.SIZE) : null);
    }

    @Override
    void add(ByteBuffer elements) {
        IntBuffer bits = elements.asIntBuffer();
        while (bits.hasRemaining()) {
            int length = Math.min(BLOCK, bits.remaining());
            bits.get(block, 0, length);
            add(length);
        }
    }

    private void add(int length) {
        int n = length;
        if (mayExtend(block, n, minKey >> 1, maxKey >> 1)) {
            scan(n);
            if (blockMax >= INFINITY || blockMin <= key(NEGATIVE_INFINITY)) {
                n = removeNotFinite(length);
                scan(n);
            }
            minKey = Math.min(minKey, blockMin);
            maxKey = Math.max(maxKey, blockMax);
        }
        finite += n;
        zeros += zeros(block, n);
        scatter(block, n, fractions, squaredFractions);
        addSums();
        if (counts != null) {
            counts.addInts(block, n);
        }
    }

    /** Moves the finite elements to the front, counts the others, and returns how many are finite. */
    private int removeNotFinite(int length) {
        int n = 0;
        for (int i = 0; i < length; i++) {
            int bits = block[i];
            if ((bits & INFINITY) == INFINITY) {
                countNotFinite(Float.intBitsToFloat(bits));
            } else {
                block[n++] = bits;
            }
        }
        return n;
    }

    /** Maps bits to integers in the order of the values. Its own inverse. */
    private static int key(int bits) {
        return bits ^ ((bits >> 31) >>> 1);
    }

    // The JIT compiler vectorises loops that compute one sum. Loops with min and max, or two sums, take three times as
    // long.

    /** Returns whether a key may be beyond the extremes, as that of a number that is not finite is. Compares halves. */
    private static boolean mayExtend(int[] bits, int n, int halfMin, int halfMax) {
        int beyond = 0;
        for (int i = 0; i < n; i++) {
            int half = key(bits[i]) >> 1;
            beyond += ((half - halfMin - 1) | (halfMax - half - 1)) >>> 31;
        }
        return beyond > 0;
    }

    private void scan(int n) {
        int min = Integer.MAX_VALUE;
        int max = Integer.MIN_VALUE;
        for (int i = 0; i < n; i++) {
            int key = key(block[i]);
            min = Math.min(min, key);
            max = Math.max(max, key);
        }
        blockMin = min;
        blockMax = max;
    }

    private static int zeros(int[] bits, int n) {
        int zeros = 0;
        for (int i = 0; i < n; i++) {
            zeros += ((bits[i] & Integer.MAX_VALUE) - 1) >>> 31;
        }
        return zeros;
    }

    private static void scatter(int[] block, int n, long[] fractions, long[] squaredFractions) {
        for (int i = 0; i < n; i++) {
            int bits = block[i];
            int bin = bits >>> FRACTION;
            long fraction = bits & FRACTION_MASK;
            fractions[bin] += (1L << COUNT) + fraction;
            squaredFractions[bin] += fraction * fraction;
        }
    }

    private void addSums() {
        for (int bin = 0; bin < fractions.length; bin++) {
            if (fractions[bin] == 0) {
                continue;
            }
            long count = fractions[bin] >>> COUNT;
            long all = fractions[bin] & ((1L << COUNT) - 1);
            long squared = squaredFractions[bin];
            int exponent = bin & (EXPONENTS - 1);
            if (exponent > 0) {
                // (f + 2^23)² = f² + 2^24 f + 2^46
                squared += (all << (FRACTION + 1)) + (count << (2 * FRACTION));
                all += count << FRACTION;
            }
            int shift = Math.max(0, exponent - 1);
            sum.add(bin >= EXPONENTS ? -all : all, shift);
            squares.add(squared, 2 * shift);
            fractions[bin] = 0;
            squaredFractions[bin] = 0;
        }
    }

    @Override
    void merge(Accumulator other) {
        FloatAccumulator more = (FloatAccumulator) other;
        mergeSums(more);
        minKey = Math.min(minKey, more.minKey);
        maxKey = Math.max(maxKey, more.maxKey);
    }

    private static double value(int key) {
        return Float.intBitsToFloat(key(key));
    }

    @Override
    Summary summary() {
        return finite == 0 ? summary(moments(), null, null) : summary(moments(), value(minKey), value(maxKey));
    }

    @Override
    @Nullable
    Histogram histogram() {
        return counts == null ? null : counts.histogram(value(minKey), value(maxKey), FloatAccumulator::bucketEdge);
    }

    private static double bucketEdge(int bucket, boolean outer) {
        return Float.intBitsToFloat(bucket << Short.SIZE | (outer ? 0xffff : 0));
    }

    @Override
    void reset() {
        super.reset();
        minKey = Integer.MAX_VALUE;
        maxKey = Integer.MIN_VALUE;
    }
}
