package org.tfckpt.values;

import java.math.BigInteger;

/**
 * Sums over pairs of finite elements. Those of a block are computed in double precision; the sums of the blocks are added
 * exactly, so that the order of blocks does not matter. Not thread-safe.
 */
final class PairSums {
    /** The number of elements, or of parts of complex ones, of a block. */
    static final int BLOCK = 1024;

    /** Below the smallest scaled product of two doubles. */
    private static final int MIN_EXPONENT = -4400;

    private static final int BITS = 7000;
    /** Sums of squares between these limits have lost nothing. */
    private static final double LARGE = 0x1p960;

    private static final double SMALL = 0x1p-900;

    private final ExactSum absolute = new ExactSum(MIN_EXPONENT, BITS);
    private final ExactSum squares = new ExactSum(MIN_EXPONENT, BITS);
    private final ExactSum products = new ExactSum(MIN_EXPONENT, BITS);
    private final ExactSum squaresA = new ExactSum(MIN_EXPONENT, BITS);
    private final ExactSum squaresB = new ExactSum(MIN_EXPONENT, BITS);

    /** Returns whether a sum of squares of finite values has lost nothing, because it is neither large nor small. */
    static boolean isSafe(double sumOfSquares, double[] values, int n) {
        if (sumOfSquares >= SMALL) {
            return isSafe(sumOfSquares);
        }
        for (int i = 0; i < n; i++) {
            if (values[i] != 0) {
                return false;
            }
        }
        return true;
    }

    static boolean isSafe(double sumOfSquares) {
        return sumOfSquares >= SMALL && sumOfSquares < LARGE;
    }

    /** Adds the sums of a block, all of which are safe. */
    void add(double absoluteSum, double dd, double ab, double aa, double bb) {
        absolute.add(absoluteSum, 0);
        squares.add(dd, 0);
        products.add(ab, 0);
        squaresA.add(aa, 0);
        squaresB.add(bb, 0);
    }

    /** Adds a difference × 2^{@code scale} of any magnitude. */
    void addDifference(double difference, int scale) {
        absolute.add(difference, scale);
    }

    /** Adds the products of two elements, or of their parts, of any magnitude. */
    void addParts(double a, double b) {
        int scale = Double.isInfinite(a - b) ? 1 : 0;
        double difference = scale == 0 ? a - b : a / 2 - b / 2;
        addProduct(squares, difference, difference, 2 * scale);
        addProduct(products, a, b, 0);
        addProduct(squaresA, a, a, 0);
        addProduct(squaresB, b, b, 0);
    }

    private static void addProduct(ExactSum sum, double x, double y, int scale) {
        int exponentX = Math.getExponent(x);
        int exponentY = Math.getExponent(y);
        sum.add(Math.scalb(x, -exponentX) * Math.scalb(y, -exponentY), exponentX + exponentY + scale);
    }

    void add(PairSums other) {
        absolute.add(other.absolute);
        squares.add(other.squares);
        products.add(other.products);
        squaresA.add(other.squaresA);
        squaresB.add(other.squaresB);
    }

    /** Returns the mean of |a − b|. */
    double meanAbsolute(long count) {
        return absolute.value().dividedBy(count);
    }

    /** Returns the root of the mean of (a − b)². */
    double rootMeanSquare(long count) {
        return squares.value()
                .dividedBy(new ExactNumber(BigInteger.valueOf(count), 0))
                .rootDividedBy(1);
    }

    /** Returns the root of Σ(a − b)² / Σb²; NaN if b is zero. */
    double relativeChange() {
        return ratio(squares.value(), squaresB.value());
    }

    private static double ratio(ExactNumber dividend, ExactNumber divisor) {
        return divisor.value().signum() == 0
                ? Double.NaN
                : dividend.dividedBy(divisor).rootDividedBy(1);
    }

    /** Returns the cosine of the angle between both vectors; NaN if one is zero. */
    double cosine() {
        ExactNumber product = products.value();
        ExactNumber lengths = squaresA.value().times(squaresB.value());
        double magnitude = ratio(product.times(product), lengths);
        // Rounding may exceed 1.
        return product.value().signum() < 0 ? -Math.min(1, magnitude) : Math.min(1, magnitude);
    }
}
