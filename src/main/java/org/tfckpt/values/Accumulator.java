package org.tfckpt.values;

import java.io.Serializable;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the statistics of elements of one dtype. Counts, extremes and sums are exact, so that several accumulators
 * that share the elements of a tensor in any way add up to the same result. After serialization, an accumulator can be
 * merged, but cannot take more elements. Not thread-safe.
 */
abstract class Accumulator implements Serializable {
    private static final long serialVersionUID = 1;

    /** The number of elements that are processed at a time: their bytes fit the first-level cache. */
    static final int BLOCK = 4096;
    /** The largest number of elements that {@link #add} takes at once. */
    static final int CHUNK = 1 << 18;

    long nan;
    long infinite;
    long negativeInfinite;
    long zeros;

    /** Adds at most {@link #CHUNK} elements, from position 0 to the limit of the buffer. */
    abstract void add(ByteBuffer elements);

    /** Adds what another accumulator of the same kind has collected. */
    abstract void merge(Accumulator other);

    /** Returns the statistics of all elements. */
    abstract Summary summary();

    /** Returns the histogram of the finite elements, or null if none was wanted. */
    abstract @Nullable Histogram histogram();

    /** Prepares for another tensor of the same dtype. */
    void reset() {
        nan = 0;
        infinite = 0;
        negativeInfinite = 0;
        zeros = 0;
    }

    final void mergeCounts(Accumulator other) {
        nan += other.nan;
        infinite += other.infinite;
        negativeInfinite += other.negativeInfinite;
        zeros += other.zeros;
    }

    final void countNotFinite(double value) {
        if (Double.isNaN(value)) {
            nan++;
        } else {
            infinite++;
            negativeInfinite += value < 0 ? 1 : 0;
        }
    }

    final Summary summary(Moments moments, @Nullable Number min, @Nullable Number max) {
        return new Summary(moments.count() + nan + infinite, nan, infinite, negativeInfinite, zeros, min, max, moments);
    }
}
