package org.tfckpt.values;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tfckpt.scan.DoubleReader;
import org.tfckpt.tensor.DataType;

/**
 * Statistics of elements that are exact as doubles: float32, float64, integers of 32 bits, and the absolute values of
 * complex numbers.
 */
final class RealAccumulator extends Accumulator {
    private static final long serialVersionUID = 1;
    private static final int LANES = LaneSums.LANES;
    private static final int BLOCK = BlockSums.BLOCK;

    private final DataType type;
    private final transient DoubleReader reader;
    private final boolean complex;
    private final transient double[][] rows = new double[LaneSums.ROWS][LANES];
    private final transient float[][] floats;
    private final transient double[] parts;
    private final transient Extremes extremes = new Extremes();
    private final BlockSums sums;
    private final @Nullable BucketCounts counts;
    private long finite;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    RealAccumulator(DataType type, boolean histogram) {
        this.type = type;
        this.reader = new DoubleReader(type);
        this.complex = type.width() > type.swapUnit();
        this.floats = new float[type == DataType.DT_FLOAT ? LaneSums.ROWS : 0][LANES];
        this.parts = new double[complex ? 2 * LANES : 0];
        this.sums = new BlockSums(type == DataType.DT_FLOAT);
        this.counts = histogram ? new BucketCounts(type == DataType.DT_FLOAT) : null;
    }

    @Override
    void add(ByteBuffer elements) {
        int count = elements.limit() / type.width();
        for (int first = 0; first < count; first += BLOCK) {
            int n = Math.min(BLOCK, count - first);
            if (type == DataType.DT_FLOAT) {
                addFloats(elements.asFloatBuffer(), first, n);
            } else {
                addDoubles(elements, first, n);
            }
        }
    }

    private void addFloats(FloatBuffer elements, int first, int n) {
        for (int done = 0; done < n; done += LANES) {
            float[] row = floats[done / LANES];
            int length = Math.min(LANES, n - done);
            elements.get(first + done, row, 0, length);
            Arrays.fill(row, length, LANES, row[0]);
        }
        extremes.of(floats, rows(n));
        if (extremes.finite()) {
            addFinite(n);
            return;
        }
        for (int i = 0; i < rows(n); i++) {
            widen(floats[i], rows[i]);
        }
        int kept = removeNotFinite(n);
        for (int i = 0; i < rows(kept); i++) {
            narrow(rows[i], floats[i]);
        }
        addFinite(kept);
    }

    private static int rows(int n) {
        return (n + LANES - 1) / LANES;
    }

    private static void widen(float[] floats, double[] row) {
        for (int i = 0; i < LANES; i++) {
            row[i] = floats[i];
        }
    }

    private static void narrow(double[] row, float[] floats) {
        for (int i = 0; i < LANES; i++) {
            floats[i] = (float) row[i];
        }
    }

    private void addDoubles(ByteBuffer elements, int first, int n) {
        for (int done = 0; done < n; done += LANES) {
            double[] row = rows[done / LANES];
            int length = Math.min(LANES, n - done);
            if (complex) {
                reader.read(elements, 2 * (first + done), parts, 2 * length);
                for (int i = 0; i < length; i++) {
                    row[i] = Complex.absolute(parts[2 * i], parts[2 * i + 1]);
                }
            } else {
                reader.read(elements, first + done, row, length);
            }
            Arrays.fill(row, length, LANES, row[0]);
        }
        extremes.of(rows, rows(n));
        addFinite(extremes.finite() ? n : removeNotFinite(n));
    }

    /** Moves the finite values to the front, counts the others, and returns how many are finite. */
    private int removeNotFinite(int length) {
        int n = 0;
        for (int i = 0; i < length; i++) {
            double value = rows[i / LANES][i % LANES];
            if (Math.abs(value) < Double.POSITIVE_INFINITY) {
                rows[n / LANES][n % LANES] = value;
                n++;
            } else {
                countNotFinite(value);
            }
        }
        if (n > 0) {
            double[] last = rows[(n - 1) / LANES];
            Arrays.fill(last, (n - 1) % LANES + 1, LANES, last[0]);
            extremes.of(rows, rows(n));
        }
        return n;
    }

    /** Adds a block of finite values, whose extremes are known. */
    private void addFinite(int n) {
        if (n == 0) {
            return;
        }
        finite += n;
        min = Math.min(min, extremes.min());
        max = Math.max(max, extremes.max());
        sums.begin(extremes.smallest(), Math.max(extremes.max(), -extremes.min()));
        for (int done = 0; done < n; done += 2 * LANES) {
            sums.add(row(done / LANES, n - done), row(done / LANES + 1, n - done - LANES));
        }
        sums.end();
    }

    /** Returns a row, without the elements after the first {@code n}. Adds them to what needs no exact sums. */
    private double[] row(int index, int n) {
        double[] row = rows[index];
        int length = Math.max(0, Math.min(LANES, n));
        if (type == DataType.DT_FLOAT) {
            row = rows[index % 2];
            widen(floats[index], row);
        }
        if (extremes.smallest() == 0) {
            addZeros(row, length);
        }
        if (counts != null && type == DataType.DT_FLOAT) {
            counts.add(floats[index], length);
        } else if (counts != null) {
            counts.add(row, length);
        }
        BlockSums.pad(row, length);
        return row;
    }

    private void addZeros(double[] row, int n) {
        int count = 0;
        for (int i = 0; i < n; i++) {
            if (row[i] == 0) {
                count++;
                min = Math.min(min, row[i]);
                max = Math.max(max, row[i]);
            }
        }
        zeros += count;
    }

    @Override
    void merge(Accumulator other) {
        RealAccumulator more = (RealAccumulator) other;
        mergeCounts(more);
        finite += more.finite;
        min = Math.min(min, more.min);
        max = Math.max(max, more.max);
        sums.merge(more.sums);
        if (counts != null && more.counts != null) {
            counts.add(more.counts);
        }
    }

    @Override
    Summary summary() {
        Moments moments = sums.moments(finite);
        if (finite == 0) {
            return summary(moments, null, null);
        }
        return DoubleReader.isFloat(type) || complex
                ? summary(moments, min, max)
                : summary(moments, (long) min, (long) max);
    }

    @Override
    @Nullable
    Histogram histogram() {
        return counts == null ? null : counts.histogram(min, max);
    }

    @Override
    void reset() {
        super.reset();
        finite = 0;
        min = Double.POSITIVE_INFINITY;
        max = Double.NEGATIVE_INFINITY;
        sums.reset();
        if (counts != null) {
            counts.reset();
        }
    }
}
