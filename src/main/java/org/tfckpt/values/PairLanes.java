package org.tfckpt.values;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.tfckpt.scan.DoubleReader;

/**
 * Compares a block of pairs of finite real elements, two rows at a time. Each lane takes every 256th pair. Not thread-safe.
 *
 * <p>{@link PairAccumulator} compares the blocks again, pair by pair, for which this is not enough: those that are not
 * {@linkplain #isSafe safe}, and those with a new {@linkplain #exceeds largest difference}.
 */
final class PairLanes {
    private static final int LANES = LaneSums.LANES;
    static final int BLOCK = LANES * LaneSums.ROWS;

    /** How much longer one vector may be than the other so that the product of both follows from its squares. */
    private static final double MAX_RATIO = 10_000;
    /** Times this number, the quotient's limit times a divisor is rounded less than a difference, even if it is subnormal. */
    private static final double SCALE = 0x1p100;

    private final DoubleReader readerA;
    private final DoubleReader readerB;
    private final Tolerance tolerance;

    private final double[] a0 = new double[LANES];
    private final double[] b0 = new double[LANES];
    private final double[] difference0 = new double[LANES];
    private final double[] a1 = new double[LANES];
    private final double[] b1 = new double[LANES];
    private final double[] difference1 = new double[LANES];

    // The lanes of a sum have minus the sum.
    private final double[] absolute = new double[LANES];
    private final double[] squares = new double[LANES];
    private final double[] squaresA = new double[LANES];
    private final double[] squaresB = new double[LANES];
    private final double[] equal = new double[LANES];
    private final double[] within = new double[LANES];
    private final double[] excess = new double[LANES];

    private double sumOfSquares;
    private double sumOfSquaresA;
    private double sumOfSquaresB;
    private long unequal;
    private long outside;
    private boolean limitsOverflow;

    PairLanes(DoubleReader readerA, DoubleReader readerB, Tolerance tolerance) {
        this.readerA = readerA;
        this.readerB = readerB;
        this.tolerance = tolerance;
    }

    /**
     * Compares at most {@link #BLOCK} pairs.
     *
     * @param first the index of the first pair in the buffers
     * @param n the number of pairs
     * @param max the difference that {@link #exceeds} tests for
     * @param quotient the quotient of difference and right element that {@link #exceeds} tests for
     */
    void compare(ByteBuffer bytesA, ByteBuffer bytesB, int first, int n, double max, double quotient) {
        for (double[] lanes : new double[][] {absolute, squares, squaresA, squaresB, equal, within, excess}) {
            Arrays.fill(lanes, 0);
        }
        // With those that fill the last rows, which are equal.
        int pairs = 0;
        for (int done = 0; done < n; done += 2 * LANES) {
            pairs += 2 * LANES;
            read(readerA, bytesA, first + done, n - done, a0, a1);
            read(readerB, bytesB, first + done, n - done, b0, b1);
            subtract(a0, b0, difference0);
            subtract(a1, b1, difference1);
            addDifferences(difference0, difference1, absolute, squares);
            addSquares(a0, a1, squaresA);
            addSquares(b0, b1, squaresB);
            addZeros(difference0, difference1, equal);
            if (!tolerance.isZero()) {
                subtractLimit(difference0, b0, tolerance.absolute(), tolerance.relative(), a0);
                subtractLimit(difference1, b1, tolerance.absolute(), tolerance.relative(), a1);
                addZeros(a0, a1, within);
            }
            addExcess(difference0, difference1, max, excess);
            addExcess(difference0, b0, difference1, b1, quotient * SCALE, excess);
        }
        sumOfSquares = sum(squares);
        sumOfSquaresA = sum(squaresA);
        sumOfSquaresB = sum(squaresB);
        double sumWithin = sum(within);
        limitsOverflow = Double.isNaN(sumWithin);
        unequal = pairs - zeros(sum(equal));
        outside = tolerance.isZero() ? unequal : pairs - zeros(sumWithin);
    }

    /** Reads two rows, the second of which may be empty. The rest is filled with zeros. */
    private static void read(DoubleReader reader, ByteBuffer bytes, int first, int n, double[] row0, double[] row1) {
        reader.read(bytes, first, row0, Math.min(LANES, n));
        BlockSums.pad(row0, n);
        if (n > LANES) {
            reader.read(bytes, first + LANES, row1, Math.min(LANES, n - LANES));
        }
        BlockSums.pad(row1, n - LANES);
    }

    // As in LaneSums, loops only subtract. With more in one loop, the JIT compiler of JDK 17 does not vectorise it.

    private static void subtract(double[] a, double[] b, double[] difference) {
        for (int i = 0; i < LANES; i++) {
            difference[i] = Math.abs(a[i] - b[i]);
        }
    }

    private static void addDifferences(double[] d0, double[] d1, double[] absolute, double[] squares) {
        for (int i = 0; i < LANES; i++) {
            absolute[i] = absolute[i] - d0[i] - d1[i];
            squares[i] = squares[i] - d0[i] * d0[i] - d1[i] * d1[i];
        }
    }

    private static void addSquares(double[] row0, double[] row1, double[] squares) {
        for (int i = 0; i < LANES; i++) {
            squares[i] = squares[i] - row0[i] * row0[i] - row1[i] * row1[i];
        }
    }

    /** Adds twice the smallest double for each 0. No value may be negative. */
    private static void addZeros(double[] values0, double[] values1, double[] zeros) {
        for (int i = 0; i < LANES; i++) {
            double above0 = values0[i] - Double.MIN_VALUE;
            double above1 = values1[i] - Double.MIN_VALUE;
            zeros[i] = zeros[i] - (Math.abs(above0) - above0) - (Math.abs(above1) - above1);
        }
    }

    /** Computes values above 0 for differences outside a tolerance, 0 for others, and NaN if the limit overflows. */
    private static void subtractLimit(double[] d, double[] b, double absolute, double relative, double[] above) {
        for (int i = 0; i < LANES; i++) {
            double below = absolute - -Math.abs(relative * b[i]) - d[i];
            above[i] = Math.abs(below) - below;
        }
    }

    /** Adds what exceeds a limit; the result is not 0 if there is any. */
    private static void addExcess(double[] d0, double[] d1, double max, double[] excess) {
        for (int i = 0; i < LANES; i++) {
            double below0 = max - d0[i];
            double below1 = max - d1[i];
            excess[i] = excess[i] - (Math.abs(below0) - below0) - (Math.abs(below1) - below1);
        }
    }

    private static void addExcess(
            double[] d0, double[] b0, double[] d1, double[] b1, double quotient, double[] excess) {
        for (int i = 0; i < LANES; i++) {
            double below0 = Math.abs(quotient * b0[i]) - d0[i] * SCALE;
            double below1 = Math.abs(quotient * b1[i]) - d1[i] * SCALE;
            excess[i] = excess[i] - (Math.abs(below0) - below0) - (Math.abs(below1) - below1);
        }
    }

    private static double sum(double[] lanes) {
        // Several sums, because each addition waits for the one before it.
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        for (int i = 0; i < LANES; i += 4) {
            sum0 -= lanes[i];
            sum1 -= lanes[i + 1];
            sum2 -= lanes[i + 2];
            sum3 -= lanes[i + 3];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /**
     * Returns whether the sums have lost nothing: all elements are finite, and their squares are neither too large nor too
     * small.
     */
    boolean isSafe() {
        return (PairSums.isSafe(sumOfSquares) || unequal == 0)
                && PairSums.isSafe(sumOfSquaresA)
                && PairSums.isSafe(sumOfSquaresB)
                && sumOfSquaresA < MAX_RATIO * sumOfSquaresB
                && sumOfSquaresB < MAX_RATIO * sumOfSquaresA
                && !limitsOverflow;
    }

    /** Adds the sums of the block, which must be safe. */
    void addTo(PairSums target) {
        double sumOfProducts = (sumOfSquaresA + sumOfSquaresB - sumOfSquares) / 2;
        target.add(sum(absolute), sumOfSquares, sumOfProducts, sumOfSquaresA, sumOfSquaresB);
    }

    /** Returns how many pairs are unequal. */
    long unequal() {
        return unequal;
    }

    /** Returns how many pairs are outside the tolerance. */
    long outside() {
        return outside;
    }

    private static long zeros(double sum) {
        return Double.doubleToRawLongBits(sum) / 2;
    }

    /**
     * Returns whether a difference may exceed the limit, or its quotient the other limit. The quotient of a right element
     * of 0 counts, too.
     */
    boolean exceeds() {
        return sum(excess) != 0;
    }
}
