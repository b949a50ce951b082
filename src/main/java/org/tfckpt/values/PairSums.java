package org.tfckpt.values;

import java.math.BigInteger;

/**
 * Sums over pairs of finite elements. Within a block, they are computed in double precision, scaled if they would
 * overflow or underflow; the sums of the blocks are added exactly, so that the order of blocks does not matter. Not
 * thread-safe.
 */
final class PairSums {
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

    /** Returns whether a sum of squares is so large or small that it may have overflowed or underflowed. */
    static boolean isUnsafe(double sumOfSquares, boolean nonzero) {
        return !(sumOfSquares < LARGE) || (nonzero && sumOfSquares < SMALL);
    }

    /** Adds the sums of a block, none of which {@link #isUnsafe}. */
    void add(double absoluteSum, double dd, double ab, double aa, double bb) {
        absolute.add(absoluteSum, 0);
        squares.add(dd, 0);
        products.add(ab, 0);
        squaresA.add(aa, 0);
        squaresB.add(bb, 0);
    }

    /** Adds finite values that are not negative to the sum of |a − b|. */
    void addAbsolute(double[] values, int n) {
        int scale = scale(values, n);
        rescale(values, n, scale);
        absolute.add(sum(values, n), scale);
    }

    /** Adds twice a value to the sum of |a − b|. */
    void addTwice(double value) {
        absolute.add(value, 1);
    }

    private static double sum(double[] values, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += Math.abs(values[i]);
        }
        return sum;
    }

    /**
     * Adds pairs of finite values, which are scaled in place.
     *
     * @param parts whether the values are parts of complex numbers, whose |a − b| are added by {@link #addAbsolute}
     */
    void addScaled(double[] a, double[] b, int n, boolean parts) {
        double[] d = new double[n];
        int halving = subtract(a, b, d, n);
        int scaleA = scale(a, n);
        int scaleB = scale(b, n);
        int scaleD = scale(d, n);
        rescale(a, n, scaleA);
        rescale(b, n, scaleB);
        rescale(d, n, scaleD);
        double dd = 0;
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < n; i++) {
            dd += d[i] * d[i];
            ab += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        if (!parts) {
            absolute.add(sum(d, n), scaleD + halving);
        }
        squares.add(dd, 2 * (scaleD + halving));
        products.add(ab, scaleA + scaleB);
        squaresA.add(aa, 2 * scaleA);
        squaresB.add(bb, 2 * scaleB);
    }

    /** Subtracts; if a difference overflows, all of them are halved, and 1 is returned. */
    private static int subtract(double[] a, double[] b, double[] d, int n) {
        for (int i = 0; i < n; i++) {
            d[i] = a[i] - b[i];
            if (Double.isInfinite(d[i])) {
                for (int j = 0; j < n; j++) {
                    d[j] = a[j] / 2 - b[j] / 2;
                }
                return 1;
            }
        }
        return 0;
    }

    /** Returns the exponent of the largest magnitude. */
    private static int scale(double[] values, int n) {
        double max = 0;
        for (int i = 0; i < n; i++) {
            max = Math.max(max, Math.abs(values[i]));
        }
        return max == 0 ? 0 : Math.getExponent(max);
    }

    private static void rescale(double[] values, int n, int scale) {
        for (int i = 0; i < n; i++) {
            values[i] = Math.scalb(values[i], -scale);
        }
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
