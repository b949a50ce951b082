package org.tfckpt.values;

import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts values by the first bits of their IEEE 754 representation: sign, exponent and the first seven bits of the
 * fraction. Few values are kept as a list, because clearing and reading all counters would take longer.
 */
final class BucketCounts implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int MAX_LISTED = 1024;

    private static final int FLOAT_BITS = Short.SIZE;
    private static final int DOUBLE_BITS = 19;

    private final boolean floats;
    private final int[] listed = new int[MAX_LISTED];
    private int listedCount;
    private boolean counting;
    private long @Nullable [] table;

    /**
     * Creates counters.
     *
     * @param floats whether all values are exact as float32, and are counted as such
     */
    BucketCounts(boolean floats) {
        this.floats = floats;
    }

    private int size() {
        return 1 << (floats ? FLOAT_BITS : DOUBLE_BITS);
    }

    private static int bucket(float value) {
        return Float.floatToRawIntBits(value) >>> (Integer.SIZE - FLOAT_BITS);
    }

    private static int bucket(double value) {
        return (int) (Double.doubleToRawLongBits(value) >>> (Long.SIZE - DOUBLE_BITS));
    }

    /** Adds {@code n} finite values. */
    void add(float[] values, int n) {
        if (mayList(n)) {
            for (int i = 0; i < n; i++) {
                listed[listedCount++] = bucket(values[i]);
            }
        } else {
            count(values, n, table());
        }
    }

    private static void count(float[] values, int n, long[] table) {
        for (int i = 0; i < n; i++) {
            table[bucket(values[i])]++;
        }
    }

    /** Adds {@code n} finite values. */
    void add(double[] values, int n) {
        if (mayList(n)) {
            for (int i = 0; i < n; i++) {
                listed[listedCount++] = bucket(values[i]);
            }
        } else {
            count(values, n, table());
        }
    }

    private static void count(double[] values, int n, long[] table) {
        for (int i = 0; i < n; i++) {
            table[bucket(values[i])]++;
        }
    }

    private boolean mayList(int n) {
        return !counting && n <= MAX_LISTED - listedCount;
    }

    private long[] table() {
        long[] counts = table;
        if (counts == null) {
            counts = new long[size()];
            table = counts;
        }
        counting = true;
        for (int i = 0; i < listedCount; i++) {
            counts[listed[i]]++;
        }
        listedCount = 0;
        return counts;
    }

    void add(BucketCounts other) {
        long[] counts = table();
        long[] more = other.table();
        for (int i = 0; i < counts.length; i++) {
            counts[i] += more[i];
        }
    }

    void reset() {
        listedCount = 0;
        if (counting && table != null) {
            Arrays.fill(table, 0);
        }
        counting = false;
    }

    /** Returns the histogram of the values, which are between {@code min} and {@code max}. */
    Histogram histogram(double min, double max) {
        Histogram.Builder histogram = new Histogram.Builder(min, max);
        int half = size() / 2;
        if (counting) {
            long[] counts = table();
            // Sign and magnitude: the negative buckets are in descending order.
            for (int bucket = counts.length - 1; bucket >= half; bucket--) {
                add(histogram, bucket, true, counts[bucket]);
            }
            for (int bucket = 0; bucket < half; bucket++) {
                add(histogram, bucket, false, counts[bucket]);
            }
        } else {
            addListed(histogram, half);
        }
        return histogram.build();
    }

    private void addListed(Histogram.Builder histogram, int half) {
        int[] ordered = new int[listedCount];
        for (int i = 0; i < listedCount; i++) {
            ordered[i] = listed[i] >= half ? ~(listed[i] - half) : listed[i];
        }
        Arrays.sort(ordered);
        for (int i = 0; i < ordered.length; ) {
            int first = i;
            while (i < ordered.length && ordered[i] == ordered[first]) {
                i++;
            }
            boolean negative = ordered[first] < 0;
            int bucket = negative ? ~ordered[first] + half : ordered[first];
            add(histogram, bucket, negative, i - first);
        }
    }

    private void add(Histogram.Builder histogram, int bucket, boolean negative, long count) {
        if (count > 0) {
            histogram.add(edge(bucket, negative), edge(bucket, !negative), count);
        }
    }

    /** Returns the value in a bucket that is nearest to 0 or, if {@code outer}, farthest from it. */
    private double edge(int bucket, boolean outer) {
        if (floats) {
            int rest = Integer.SIZE - FLOAT_BITS;
            return Float.intBitsToFloat(bucket << rest | (outer ? (1 << rest) - 1 : 0));
        }
        int rest = Long.SIZE - DOUBLE_BITS;
        return Double.longBitsToDouble((long) bucket << rest | (outer ? (1L << rest) - 1 : 0));
    }
}
