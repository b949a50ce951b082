package org.tfckpt.values;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How often which values occur among the finite elements of a tensor: buckets in ascending order, without empty ones.
 *
 * <p>For dtypes of up to 16 bits, each bucket is one value. Otherwise, the values in a bucket have the same sign,
 * exponent and first seven bits of the fraction as IEEE 754 numbers (float32, or float64 for wider dtypes and for
 * integers), so that its width is at most 2^−7 of its values.
 *
 * <p>Immutable. Does not depend on the order of the elements.
 */
public final class Histogram {
    private final double min;
    private final double max;
    private final double[] lows;
    private final double[] highs;
    private final long[] counts;
    private final long count;

    private Histogram(double min, double max, double[] lows, double[] highs, long[] counts) {
        this.min = min;
        this.max = max;
        this.lows = lows;
        this.highs = highs;
        this.counts = counts;
        this.count = Arrays.stream(counts).sum();
    }

    /** Collects buckets in ascending order. */
    static final class Builder {
        private static final int FIRST_CAPACITY = 16;

        private final double min;
        private final double max;
        private double[] lows = new double[FIRST_CAPACITY];
        private double[] highs = new double[FIRST_CAPACITY];
        private long[] counts = new long[FIRST_CAPACITY];
        private int size;

        Builder(double min, double max) {
            this.min = min;
            this.max = max;
        }

        void add(double low, double high, long count) {
            if (size > 0 && lows[size - 1] == low && highs[size - 1] == high) {
                counts[size - 1] += count;
                return;
            }
            if (size == lows.length) {
                lows = Arrays.copyOf(lows, 2 * size);
                highs = Arrays.copyOf(highs, 2 * size);
                counts = Arrays.copyOf(counts, 2 * size);
            }
            lows[size] = low;
            highs[size] = high;
            counts[size++] = count;
        }

        Histogram build() {
            return new Histogram(
                    min, max, Arrays.copyOf(lows, size), Arrays.copyOf(highs, size), Arrays.copyOf(counts, size));
        }
    }

    /**
     * Returns the number of values.
     *
     * @return the number of finite elements
     */
    public long count() {
        return count;
    }

    /**
     * Returns the number of buckets.
     *
     * @return the number of buckets, none of which is empty
     */
    public int size() {
        return counts.length;
    }

    /**
     * Returns the lower end of a bucket.
     *
     * @param bucket from 0, in ascending order
     * @return the smallest value that belongs to it
     */
    public double low(int bucket) {
        return lows[bucket];
    }

    /**
     * Returns the upper end of a bucket.
     *
     * @param bucket from 0, in ascending order
     * @return the largest value that belongs to it
     */
    public double high(int bucket) {
        return highs[bucket];
    }

    /**
     * Returns the number of values in a bucket.
     *
     * @param bucket from 0, in ascending order
     * @return at least 1
     */
    public long count(int bucket) {
        return counts[bucket];
    }

    /**
     * Returns a quantile, interpolated linearly between two order statistics as {@code numpy.quantile} does. An order
     * statistic is exact if its bucket is one value, if it is zero, and for the smallest and the largest value; otherwise
     * it is the middle of its bucket, so that the error of the quantile is at most 2^−7 of the larger absolute value of the
     * two. Subnormal numbers next to zero count as zero.
     *
     * @param probability between 0 and 1
     * @return the quantile; NaN if there are no values
     * @throws IllegalArgumentException if the probability is not between 0 and 1
     */
    public double quantile(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability must be between 0 and 1, not " + probability);
        }
        if (count == 0) {
            return Double.NaN;
        }
        double position = (count - 1) * probability;
        long before = (long) Math.floor(position);
        double weight = position - before;
        double first = orderStatistic(before);
        return weight == 0 ? first : interpolated(first, orderStatistic(before + 1), weight);
    }

    private static double interpolated(double first, double second, double weight) {
        double difference = second - first;
        if (Double.isInfinite(difference)) {
            return first * (1 - weight) + second * weight;
        }
        return weight < 0.5 ? first + difference * weight : second - difference * (1 - weight);
    }

    private double orderStatistic(long index) {
        if (index <= 0) {
            return min;
        }
        if (index >= count - 1) {
            return max;
        }
        int bucket = 0;
        for (long upTo = counts[0]; upTo <= index; upTo += counts[bucket]) {
            bucket++;
        }
        return Math.max(min, Math.min(max, representative(lows[bucket], highs[bucket])));
    }

    /** Returns the middle of a bucket, or zero if it has zeros: they are far more common than the subnormals in it. */
    private static double representative(double low, double high) {
        if (low == 0 || high == 0) {
            return low == 0 ? low : high;
        }
        return low == high ? low : low / 2 + high / 2;
    }

    /**
     * Returns the histogram of the values of both.
     *
     * @param other another histogram, perhaps of another dtype
     * @return the sum; buckets are added if they have the same ends
     */
    public Histogram plus(Histogram other) {
        if (count == 0 || other.count == 0) {
            return count == 0 ? other : this;
        }
        Builder sum = new Builder(Math.min(min, other.min), Math.max(max, other.max));
        int i = 0;
        int j = 0;
        while (i < size() || j < other.size()) {
            boolean mine = j == other.size() || (i < size() && compare(i, other, j) <= 0);
            Histogram from = mine ? this : other;
            int bucket = mine ? i++ : j++;
            sum.add(from.lows[bucket], from.highs[bucket], from.counts[bucket]);
        }
        return sum.build();
    }

    private int compare(int bucket, Histogram other, int otherBucket) {
        int lower = Double.compare(lows[bucket], other.lows[otherBucket]);
        return lower != 0 ? lower : Double.compare(highs[bucket], other.highs[otherBucket]);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Histogram same
                && Double.compare(min, same.min) == 0
                && Double.compare(max, same.max) == 0
                && Arrays.equals(lows, same.lows)
                && Arrays.equals(highs, same.highs)
                && Arrays.equals(counts, same.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts) * 31 + Arrays.hashCode(lows);
    }

    /**
     * Returns the numbers of values and buckets.
     *
     * @return for example {@code 432 values in 97 buckets}
     */
    @Override
    public String toString() {
        return count + " values in " + size() + " buckets";
    }
}
