package org.tfckpt.values;

import java.math.BigDecimal;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Statistics of numbers: of the elements of a tensor, or of several tensors together.
 *
 * <p>A boolean counts as 0 or 1, a quantised element as its stored integer, and a complex number as its absolute value.
 * Sums are exact, and {@link #mean}, {@link #standardDeviation} and {@link #norm} are rounded once from them, so that they
 * are the doubles nearest to the exact results (or next to them). They do not depend on the order of the elements. The
 * finite elements alone contribute to them and to the extremes.
 *
 * <p>Immutable.
 */
public final class Summary {
    /** The statistics of no elements. */
    public static final Summary EMPTY = new Summary(0, 0, 0, 0, 0, null, null, Moments.NONE);

    private final long elements;
    private final long nan;
    private final long infinite;
    private final long negativeInfinite;
    private final long zeros;
    private final @Nullable Number min;
    private final @Nullable Number max;
    private final Moments moments;

    Summary(
            long elements,
            long nan,
            long infinite,
            long negativeInfinite,
            long zeros,
            @Nullable Number min,
            @Nullable Number max,
            Moments moments) {
        this.elements = elements;
        this.nan = nan;
        this.infinite = infinite;
        this.negativeInfinite = negativeInfinite;
        this.zeros = zeros;
        this.min = min;
        this.max = max;
        this.moments = moments;
    }

    /**
     * Returns the number of elements.
     *
     * @return all elements, finite or not
     */
    public long elements() {
        return elements;
    }

    /**
     * Returns the number of NaNs.
     *
     * @return the number of elements that are not a number
     */
    public long nan() {
        return nan;
    }

    /**
     * Returns the number of infinities.
     *
     * @return the number of elements that are infinite, positive or negative
     */
    public long infinite() {
        return infinite;
    }

    /**
     * Returns the number of negative infinities.
     *
     * @return at most {@link #infinite()}
     */
    public long negativeInfinite() {
        return negativeInfinite;
    }

    /**
     * Returns the number of zeros.
     *
     * @return the number of elements that are 0.0 or −0.0
     */
    public long zeros() {
        return zeros;
    }

    /**
     * Returns the number of finite elements.
     *
     * @return {@code elements() - nan() - infinite()}
     */
    public long finite() {
        return moments.count();
    }

    /**
     * Returns the smallest finite element, exactly; −0.0 is smaller than 0.0.
     *
     * @return a {@link Double} for floats and complex numbers; a {@link Long} for integers and booleans, or a {@link
     *     java.math.BigInteger} if a uint64 needs it; null if no element is finite
     */
    public @Nullable Number min() {
        return min;
    }

    /**
     * Returns the largest finite element, exactly.
     *
     * @return as {@link #min()}
     */
    public @Nullable Number max() {
        return max;
    }

    /**
     * Returns the arithmetic mean of the finite elements.
     *
     * @return the mean; empty if no element is finite
     */
    public OptionalDouble mean() {
        return finite() == 0 ? OptionalDouble.empty() : OptionalDouble.of(moments.mean());
    }

    /**
     * Returns the standard deviation of the finite elements as a population, as {@code numpy.std} does.
     *
     * @return the standard deviation; empty if no element is finite
     */
    public OptionalDouble standardDeviation() {
        return finite() == 0 ? OptionalDouble.empty() : OptionalDouble.of(moments.standardDeviation());
    }

    /**
     * Returns the Euclidean norm of the finite elements.
     *
     * @return the square root of the sum of their squares; 0 if no element is finite
     */
    public double norm() {
        return moments.norm();
    }

    /**
     * Returns whether all elements are the same finite number.
     *
     * @return true if there are elements, all are finite, and the smallest equals the largest
     */
    public boolean isConstant() {
        return elements > 0 && finite() == elements && min != null && max != null && compare(min, max) == 0;
    }

    /**
     * Returns the statistics of both.
     *
     * @param other statistics of other elements, perhaps of another dtype
     * @return the statistics of all elements together
     */
    public Summary plus(Summary other) {
        return new Summary(
                elements + other.elements,
                nan + other.nan,
                infinite + other.infinite,
                negativeInfinite + other.negativeInfinite,
                zeros + other.zeros,
                extreme(min, other.min, -1),
                extreme(max, other.max, 1),
                moments.plus(other.moments));
    }

    private static @Nullable Number extreme(@Nullable Number a, @Nullable Number b, int sign) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return compare(a, b) * sign >= 0 ? a : b;
    }

    private static int compare(Number a, Number b) {
        return a instanceof Double x && b instanceof Double y ? Double.compare(x, y) : exact(a).compareTo(exact(b));
    }

    private static BigDecimal exact(Number number) {
        return number instanceof Double value ? new BigDecimal(value) : new BigDecimal(number.toString());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Summary same && toString().equals(same.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /**
     * Returns all statistics.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return elements + " elements, nan=" + nan + ", inf=" + infinite + ", neg_inf=" + negativeInfinite + ", zeros="
                + zeros + ", min=" + min + ", max=" + max + ", mean=" + moments.mean() + ", std="
                + moments.standardDeviation() + ", norm=" + norm();
    }
}
