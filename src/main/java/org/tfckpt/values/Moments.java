package org.tfckpt.values;

/**
 * The number of values, their exact sum and the exact sum of their squares. Immutable.
 *
 * @param count the number of values
 * @param sum the sum
 * @param squares the sum of squares
 */
record Moments(long count, ExactNumber sum, ExactNumber squares) {
    static final Moments NONE = new Moments(0, ExactNumber.ZERO, ExactNumber.ZERO);

    Moments plus(Moments other) {
        return new Moments(count + other.count, sum.plus(other.sum), squares.plus(other.squares));
    }

    double mean() {
        return count == 0 ? Double.NaN : sum.dividedBy(count);
    }

    /** Returns the root of n Σx² − (Σx)², divided by n. */
    double standardDeviation() {
        return count == 0
                ? Double.NaN
                : squares.times(count).minus(sum.times(sum)).rootDividedBy(count);
    }

    double norm() {
        return squares.rootDividedBy(1);
    }
}
