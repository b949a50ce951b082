package org.tfckpt.values;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Exact sums of doubles and of their squares, a block at a time. The values of a block are in rows. Not thread-safe.
 *
 * <p>Where magnitudes are within a factor of 2^{@link #RANGE}, as is usual, {@link LaneSums} adds them. Smaller ones are set
 * aside, and are added in the same way or, if they are few, one by one.
 */
final class BlockSums implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int LANES = LaneSums.LANES;
    static final int BLOCK = LANES * LaneSums.ROWS;
    /**
     * The rounded square of a value in this range has 2 × 20 + 52 significant bits below its bound, as many as {@link LaneSums}
     * adds exactly.
     */
    private static final int RANGE = 20;

    private static final int FRACTION = 52;
    /** The fraction of a float32 has 23 bits, so that its square is not rounded. */
    private static final int FLOAT_FRACTION = 23;

    private static final double SPLITTER = (1 << 27) + 1;
    /** Values with larger exponents are scaled, so that products neither overflow nor underflow. */
    private static final int MAX_EXPONENT = 200;

    private static final int MIN_EXPONENT = -1074;

    private final boolean floats;
    private final ExactSum sum = new ExactSum(MIN_EXPONENT, 2200);
    private final ExactSum squares = new ExactSum(2 * MIN_EXPONENT, 4400);
    private final transient LaneSums values = new LaneSums();
    private final transient LaneSums rounded = new LaneSums();
    private final transient LaneSums errors = new LaneSums();
    private final transient double[] errorsA = new double[LANES];
    private final transient double[] errorsB = new double[LANES];
    private final transient double[][] rest = new double[LaneSums.ROWS][LANES];
    private int restCount;
    private int top;
    private int scale;
    private double limit;
    private boolean wide;

    /**
     * Creates sums of 0.
     *
     * @param floats whether all values are exact as float32
     */
    BlockSums(boolean floats) {
        this.floats = floats;
    }

    /**
     * Begins a block of finite values, which are multiplied by a power of two if products would overflow or underflow.
     *
     * @param smallest the smallest magnitude
     * @param largest the largest magnitude
     */
    void begin(double smallest, double largest) {
        top = exponent(largest);
        limit = Math.scalb(1.0, top - RANGE);
        wide = smallest < limit && largest > 0;
        restCount = 0;
        beginNarrow();
    }

    private static int exponent(double value) {
        return value < Double.MIN_NORMAL ? Math.getExponent(value * 0x1p100) - 100 : Math.getExponent(value);
    }

    private void beginNarrow() {
        scale = Math.abs(top) > MAX_EXPONENT ? top : 0;
        values.begin(top - scale + 1);
        rounded.begin(2 * (top - scale) + 2);
        errors.begin(2 * (top - scale) - FRACTION);
    }

    /** Adds two rows of values, which may be overwritten. */
    void add(double[] a, double[] b) {
        if (wide) {
            setAside(a);
            setAside(b);
        }
        addNarrow(a, b);
    }

    private void addNarrow(double[] a, double[] b) {
        if (scale != 0) {
            scale(a);
            scale(b);
        }
        rounded.addSquares(a, b);
        if (floats) {
            values.addExact(a, b);
        } else {
            values.add(a, b);
            squareErrors(a, errorsA);
            squareErrors(b, errorsB);
            errors.add(errorsA, errorsB);
        }
    }

    private void scale(double[] row) {
        for (int i = 0; i < LANES; i++) {
            row[i] = Math.scalb(row[i], -scale);
        }
    }

    /** Replaces magnitudes below the limit by 0. */
    private void setAside(double[] row) {
        for (int i = 0; i < LANES; i++) {
            if (Math.abs(row[i]) < limit && row[i] != 0) {
                rest[restCount / LANES][restCount % LANES] = row[i];
                restCount++;
                row[i] = 0;
            }
        }
    }

    /** Ends the block. */
    void end() {
        endNarrow();
        if (restCount > 0) {
            addRest();
        }
    }

    private void endNarrow() {
        int unit = top - scale - RANGE;
        values.addTo(sum, unit - (floats ? FLOAT_FRACTION : FRACTION), scale);
        rounded.addTo(squares, 2 * unit - FRACTION, 2 * scale);
        if (!floats) {
            errors.addTo(squares, 2 * (unit - FRACTION), 2 * scale);
        }
    }

    private void addRest() {
        double smallest = Double.POSITIVE_INFINITY;
        double largest = 0;
        for (int i = 0; i < restCount; i++) {
            double magnitude = Math.abs(rest[i / LANES][i % LANES]);
            smallest = Math.min(smallest, magnitude);
            largest = Math.max(largest, magnitude);
        }
        top = exponent(largest);
        if (restCount > BLOCK / 8 && smallest >= Math.scalb(1.0, top - RANGE)) {
            beginNarrow();
            for (int i = 0; i * LANES < restCount; i += 2) {
                pad(rest[i], restCount - i * LANES);
                pad(rest[i + 1], restCount - (i + 1) * LANES);
                addNarrow(rest[i], rest[i + 1]);
            }
            endNarrow();
        } else {
            for (int i = 0; i < restCount; i++) {
                double value = rest[i / LANES][i % LANES];
                sum.add(value, 0);
                squares.addSquare(value);
            }
        }
    }

    /** Fills a row with zeros, except the first {@code n} values. */
    static void pad(double[] row, int n) {
        if (n < LANES) {
            Arrays.fill(row, Math.max(0, n), LANES, 0);
        }
    }

    /**
     * Computes what is lost when a square is rounded, exactly.
     *
     * @see <a href="https://doi.org/10.1007/BF01397083">Dekker, A floating-point technique for extending the available
     *     precision</a>
     */
    private static void squareErrors(double[] row, double[] errors) {
        for (int i = 0; i < LANES; i++) {
            double value = row[i];
            double product = SPLITTER * value;
            double high = product - (product - value);
            double low = value - high;
            errors[i] = ((high * high - value * value) + 2 * high * low) + low * low;
        }
    }

    void merge(BlockSums other) {
        sum.add(other.sum);
        squares.add(other.squares);
    }

    void reset() {
        sum.reset();
        squares.reset();
    }

    Moments moments(long count) {
        return new Moments(count, sum.value(), squares.value());
    }
}
