package org.tfckpt.values;

/**
 * Which unequal elements count as outside the tolerance: {@code a} and {@code b} with |a − b| &gt; absolute + relative ×
 * |b|. Floats are compared in double precision, as {@code numpy.isclose} does with float64 arrays. For integers, the
 * difference is exact, and is compared with the right side as a double. An infinity is only within the tolerance of
 * itself. Immutable.
 *
 * @param relative the relative tolerance, finite and not negative
 * @param absolute the absolute tolerance, finite and not negative
 * @param equalNan whether two NaNs are within the tolerance
 */
public record Tolerance(double relative, double absolute, boolean equalNan) {
    /** No tolerance, except that two NaNs are equal. */
    public static final Tolerance NONE = new Tolerance(0, 0, true);

    /**
     * Checks the numbers.
     *
     * @param relative the relative tolerance
     * @param absolute the absolute tolerance
     * @param equalNan whether two NaNs are within the tolerance
     * @throws IllegalArgumentException if a tolerance is negative or not finite
     */
    public Tolerance {
        if (!(relative >= 0 && relative < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the relative tolerance must be a number of at least 0, not " + relative);
        }
        if (!(absolute >= 0 && absolute < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "the absolute tolerance must be a number of at least 0, not " + absolute);
        }
    }

    boolean isZero() {
        return relative == 0 && absolute == 0;
    }

    /** Returns the largest difference that is within the tolerance of an element with this absolute value. */
    double limit(double magnitude) {
        return absolute + relative * magnitude;
    }
}
