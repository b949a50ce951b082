package org.tfckpt.values;

import java.util.Arrays;

/**
 * The exact sum of a block of doubles. Each lane subtracts every 256th value from a large power of two, so that the part of a
 * value that is rounded away is a double, too, and subtracts these parts from 0. Not thread-safe.
 *
 * @see <a href="https://doi.org/10.1137/050645671">Rump, Ogita, Oishi, Accurate floating-point summation</a>
 */
final class LaneSums {
    static final int LANES = 256;
    /** The number of values of a lane. */
    static final int ROWS = 32;

    /** Log2 of the bias of a lane, compared with a value. */
    private static final int BIAS = 6;

    private static final int FRACTION = 52;

    private final double[] high = new double[LANES];
    private final double[] low = new double[LANES];
    private double bias;
    private int highUnit;

    /** Begins a sum of values below 2^{@code bound}. */
    void begin(int bound) {
        bias = Math.scalb(1.5, bound + BIAS);
        highUnit = bound + BIAS - FRACTION;
        Arrays.fill(high, bias);
        Arrays.fill(low, 0);
    }

    // The JIT compiler of JDK 17 vectorises these loops as they are; with more rows at a time, it does not. They
    // subtract because the compiler may swap the operands of an addition in one copy of an unrolled loop and not in
    // another, and then takes each element by itself.

    /** Adds the values of two rows. */
    void add(double[] a, double[] b) {
        add(a, b, high, low);
    }

    private static void add(double[] a, double[] b, double[] high, double[] low) {
        for (int i = 0; i < LANES; i++) {
            double before = high[i];
            double first = before - a[i];
            double lostA = a[i] - (before - first);
            double second = first - b[i];
            double lostB = b[i] - (first - second);
            low[i] = low[i] - lostA - lostB;
            high[i] = second;
        }
    }

    /** Adds the values of two rows, if no sum of {@link #ROWS} of them is rounded. */
    void addExact(double[] a, double[] b) {
        addExact(a, b, low);
    }

    private static void addExact(double[] a, double[] b, double[] low) {
        for (int i = 0; i < LANES; i++) {
            low[i] = low[i] - a[i] - b[i];
        }
    }

    /** Adds the rounded squares of the values of two rows. */
    void addSquares(double[] a, double[] b) {
        addSquares(a, b, high, low);
    }

    private static void addSquares(double[] a, double[] b, double[] high, double[] low) {
        for (int i = 0; i < LANES; i++) {
            double before = high[i];
            double squareA = a[i] * a[i];
            double first = before - squareA;
            double lostA = squareA - (before - first);
            double squareB = b[i] * b[i];
            double second = first - squareB;
            double lostB = squareB - (first - second);
            low[i] = low[i] - lostA - lostB;
            high[i] = second;
        }
    }

    /**
     * Adds the sum to another one.
     *
     * @param unit all values are multiples of 2^{@code unit}. It must be at least {@code bound} - 94, so that sums of
     *     the rounded parts of two lanes have at most 53 bits
     * @param scale the target gets the sum × 2^{@code scale}
     */
    void addTo(ExactSum target, int unit, int scale) {
        target.add(total(high, bias, -highUnit), highUnit + scale);
        target.add(total(low, 0, -unit), unit + scale);
    }

    private static long total(double[] lanes, double bias, int exponent) {
        double factor = Math.scalb(1.0, exponent);
        long total = 0;
        for (int i = 0; i < LANES / 2; i++) {
            total += (long) (((bias - lanes[i]) + (bias - lanes[LANES / 2 + i])) * factor);
        }
        return total;
    }
}
