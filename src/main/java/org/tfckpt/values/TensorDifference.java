package org.tfckpt.values;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.TensorInfo;

/**
 * How the values of two tensors of the same shape differ. The measures are computed over the pairs in which both elements
 * are finite. Immutable.
 */
public final class TensorDifference {
    private final TensorInfo a;
    private final TensorInfo b;
    private final @Nullable Counts counts;
    private final @Nullable Measures measures;
    private final @Nullable List<Long> at;

    /** The numbers of elements. */
    record Counts(long different, long outside, long nanA, long nanB) {}

    /** The measures; NaN where there is none. */
    record Measures(
            Number maxAbsolute,
            double maxRelative,
            double meanAbsolute,
            double rootMeanSquare,
            double relativeChange,
            double cosine) {}

    TensorDifference(
            TensorInfo a, TensorInfo b, @Nullable Counts counts, @Nullable Measures measures, @Nullable List<Long> at) {
        this.a = a;
        this.b = b;
        this.counts = counts;
        this.measures = measures;
        this.at = at;
    }

    /**
     * Returns the tensor of the first checkpoint.
     *
     * @return its entry in the index
     */
    public TensorInfo a() {
        return a;
    }

    /**
     * Returns the tensor of the second checkpoint.
     *
     * @return its entry in the index
     */
    public TensorInfo b() {
        return b;
    }

    /**
     * Returns the number of elements.
     *
     * @return the product of the dimensions
     */
    public long elements() {
        return a.shape().elements();
    }

    /**
     * Returns the number of elements that are not equal: that differ in value, and are not both NaN.
     *
     * @return the number; empty if only checksums were compared
     */
    public OptionalLong different() {
        return counts == null ? OptionalLong.empty() : OptionalLong.of(counts.different);
    }

    /**
     * Returns the number of elements outside the tolerance.
     *
     * @return the number; empty if only checksums were compared. For strings and variants, {@link #different()}
     */
    public OptionalLong outside() {
        return counts == null ? OptionalLong.empty() : OptionalLong.of(counts.outside);
    }

    /**
     * Returns the number of NaNs of the first tensor.
     *
     * @return the number; empty if values were not compared as numbers
     */
    public OptionalLong nanA() {
        return counts == null || counts.nanA < 0 ? OptionalLong.empty() : OptionalLong.of(counts.nanA);
    }

    /**
     * Returns the number of NaNs of the second tensor.
     *
     * @return the number; empty if values were not compared as numbers
     */
    public OptionalLong nanB() {
        return counts == null || counts.nanB < 0 ? OptionalLong.empty() : OptionalLong.of(counts.nanB);
    }

    /**
     * Returns the largest |a − b|.
     *
     * @return a {@link Double}; for integers, exactly, a {@link Long} or {@link java.math.BigInteger}. Empty if no pair is
     *     finite or values were not compared as numbers
     */
    public Optional<Number> maxAbsolute() {
        return Optional.ofNullable(measures == null ? null : measures.maxAbsolute);
    }

    /**
     * Returns the largest |a − b| / |b| over b ≠ 0.
     *
     * @return empty if there is none
     */
    public OptionalDouble maxRelative() {
        return measures == null ? OptionalDouble.empty() : unlessNan(measures.maxRelative);
    }

    /**
     * Returns the mean of |a − b|.
     *
     * @return empty if no pair is finite
     */
    public OptionalDouble meanAbsolute() {
        return measures == null ? OptionalDouble.empty() : unlessNan(measures.meanAbsolute);
    }

    /**
     * Returns the square root of the mean of (a − b)².
     *
     * @return empty if no pair is finite
     */
    public OptionalDouble rootMeanSquare() {
        return measures == null ? OptionalDouble.empty() : unlessNan(measures.rootMeanSquare);
    }

    /**
     * Returns the size of the change relative to the second tensor: the norm of a − b divided by that of b.
     *
     * @return empty if the second tensor is zero
     */
    public OptionalDouble relativeChange() {
        return measures == null ? OptionalDouble.empty() : unlessNan(measures.relativeChange);
    }

    /**
     * Returns the cosine of the angle between the tensors as vectors.
     *
     * @return empty if one of them is zero
     */
    public OptionalDouble cosine() {
        return measures == null ? OptionalDouble.empty() : unlessNan(measures.cosine);
    }

    private static OptionalDouble unlessNan(double value) {
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /**
     * Returns the index of the first pair that reaches {@link #maxAbsolute()}; for strings and variants, of the first
     * different element.
     *
     * @return the index in each dimension; empty if there is none
     */
    public Optional<List<Long>> at() {
        return Optional.ofNullable(at);
    }

    /** Returns whether no element differs or is outside the tolerance. */
    boolean isNone() {
        return counts != null && counts.different == 0 && counts.outside == 0;
    }

    /**
     * Returns the name and the measures.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return a.name() + ": " + (counts == null ? "checksums differ" : counts.toString())
                + (measures == null ? "" : " " + measures) + (at == null ? "" : " at " + at);
    }
}
