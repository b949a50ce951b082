package org.tfckpt.values;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.TensorInfo;

/** The statistics of one tensor. Immutable. */
public final class TensorStatistics {
    private final TensorInfo info;
    private final @Nullable Summary summary;
    private final @Nullable Histogram histogram;
    private final @Nullable StringLengths lengths;

    TensorStatistics(
            TensorInfo info,
            @Nullable Summary summary,
            @Nullable Histogram histogram,
            @Nullable StringLengths lengths) {
        this.info = info;
        this.summary = summary;
        this.histogram = histogram;
        this.lengths = lengths;
    }

    /**
     * The lengths of the elements of a string tensor, in bytes.
     *
     * @param min the length of the shortest element
     * @param max the length of the longest element
     * @param total the sum of the lengths
     */
    public record StringLengths(long min, long max, long total) {}

    /**
     * Returns the tensor.
     *
     * @return its entry in the index
     */
    public TensorInfo info() {
        return info;
    }

    /**
     * Returns the name of the tensor.
     *
     * @return the name
     */
    public String name() {
        return info.name();
    }

    /**
     * Returns the number of elements.
     *
     * @return the product of the dimensions
     */
    public long elements() {
        return info.shape().elements();
    }

    /**
     * Returns the statistics of numeric elements.
     *
     * @return empty for a tensor of strings or variants
     */
    public Optional<Summary> summary() {
        return Optional.ofNullable(summary);
    }

    /**
     * Returns the histogram of the finite elements.
     *
     * @return empty for a tensor of strings or variants, and if {@link Statistics#withoutHistograms} was used
     */
    public Optional<Histogram> histogram() {
        return Optional.ofNullable(histogram);
    }

    /**
     * Returns the lengths of strings.
     *
     * @return empty if this is not a tensor of strings, or has no elements
     */
    public Optional<StringLengths> lengths() {
        return Optional.ofNullable(lengths);
    }

    /**
     * Returns the tensor and its statistics.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return info + (summary != null ? ": " + summary : lengths != null ? ": " + lengths : "");
    }
}
