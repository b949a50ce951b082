package org.tfckpt.values;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Counts values by the first bits of their IEEE 754 representation: sign, exponent and the first seven bits of the
 * fraction. Few values are kept as a list, because clearing and reading all counters would take longer.
 */
final class BucketCounts {
    private static final int MAX_LISTED = 1024;

    /** Returns the smallest or the largest magnitude in a bucket, with its sign. */
    interface Edges {
        double of(int bucket, boolean outer);
    }

    private final int width;
    private final int[] listed = new int[MAX_LISTED];
    private int listedCount;
    private boolean counting;
    private long @Nullable [] table;

    /** Creates counters for the first {@code width} bits. */
    BucketCounts(int width) {
        this.width = width;
    }

    /** Adds the bits of finite float32 values. */
    void addInts(int[] bits, int n) {
        int shift = Integer.SIZE - width;
        if (mayList(n)) {
            for (int i = 0; i < n; i++) {
                listed[listedCount++] = bits[i] >>> shift;
            }
        } else {
            countInts(bits, n, shift, table());
        }
    }

    private static void countInts(int[] bits, int n, int shift, long[] table) {
        for (int i = 0; i < n; i++) {
            table[bits[i] >>> shift]++;
        }
    }

    /** Adds the bits of finite float64 values. */
    void addLongs(long[] bits, int n) {
        int shift = Long.SIZE - width;
        if (mayList(n)) {
            for (int i = 0; i < n; i++) {
                listed[listedCount++] = (int) (bits[i] >>> shift);
            }
        } else {
            long[] counts = table();
            for (int i = 0; i < n; i++) {
                counts[(int) (bits[i] >>> shift)]++;
            }
        }
    }

    private boolean mayList(int n) {
        return !counting && n <= MAX_LISTED - listedCount;
    }

    private long[] table() {
        long[] counts = table;
        if (counts == null) {
            counts = new long[1 << width];
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
    Histogram histogram(double min, double max, Edges edges) {
        Histogram.Builder histogram = new Histogram.Builder(min, max);
        int half = 1 << (width - 1);
        if (counting) {
            long[] counts = table();
            // Sign and magnitude: the negative buckets are in descending order.
            for (int bucket = counts.length - 1; bucket >= half; bucket--) {
                add(histogram, bucket, true, counts[bucket], edges);
            }
            for (int bucket = 0; bucket < half; bucket++) {
                add(histogram, bucket, false, counts[bucket], edges);
            }
        } else {
            addListed(histogram, half, edges);
        }
        return histogram.build();
    }

    private void addListed(Histogram.Builder histogram, int half, Edges edges) {
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
            add(histogram, bucket, negative, i - first, edges);
        }
    }

    private static void add(Histogram.Builder histogram, int bucket, boolean negative, long count, Edges edges) {
        if (count > 0) {
            histogram.add(edges.of(bucket, negative), edges.of(bucket, !negative), count);
        }
    }
}
