package org.tfckpt.values;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.tfckpt.Tensor;
import org.tfckpt.scan.DoubleReader;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;

/**
 * A matrix reduced to a few cells: each is the mean of the finite elements of a block of the matrix. Of a tensor of more
 * than two dimensions, all but the last are taken as the rows. Immutable.
 */
public final class ReducedMatrix {
    private final int columns;
    private final double[] means;

    private ReducedMatrix(int columns, double[] means) {
        this.columns = columns;
        this.means = means;
    }

    /**
     * Returns whether a tensor can be reduced.
     *
     * @param info a tensor
     * @return true if it has at least two dimensions and elements, and these are floats, booleans or integers of up to 32
     *     bits
     */
    public static boolean isMatrix(TensorInfo info) {
        DataType dtype = info.dtype();
        return info.shape().rank() >= 2
                && info.shape().elementCount().orElse(0) > 0
                && DoubleReader.canRead(dtype)
                && dtype.width() == dtype.swapUnit();
    }

    /**
     * Reads a tensor, part by part.
     *
     * @param tensor a tensor for which {@link #isMatrix} is true
     * @param limit the largest number of rows, and of columns
     * @return the reduced matrix
     * @throws IOException if the tensor cannot be read
     */
    public static ReducedMatrix of(Tensor tensor, int limit) throws IOException {
        long width = tensor.shape().dimension(tensor.shape().rank() - 1);
        Sums sums = new Sums(tensor.dtype(), tensor.shape().elements() / width, width, limit);
        tensor.forEachPart(sums::add);
        return new ReducedMatrix(sums.columns, sums.means());
    }

    private static final class Sums {
        private static final int BLOCK = DoubleReader.MAX;

        private final DoubleReader reader;
        private final int elementWidth;
        private final long width;
        private final long blockHeight;
        private final long blockWidth;
        private final int columns;
        private final double[] sums;
        private final long[] counts;
        private final double[] values = new double[BLOCK];
        private long row;
        private long column;

        Sums(DataType dtype, long height, long width, int limit) {
            this.reader = new DoubleReader(dtype);
            this.elementWidth = dtype.width();
            this.width = width;
            this.blockHeight = ceil(height, limit);
            this.blockWidth = ceil(width, limit);
            this.columns = (int) ceil(width, blockWidth);
            this.sums = new double[(int) ceil(height, blockHeight) * columns];
            this.counts = new long[sums.length];
        }

        private static long ceil(long dividend, long divisor) {
            return (dividend - 1) / divisor + 1;
        }

        void add(ByteBuffer part) {
            ByteBuffer elements = part.slice().order(part.order());
            int count = elements.remaining() / elementWidth;
            for (int first = 0; first < count; first += BLOCK) {
                int n = Math.min(BLOCK, count - first);
                reader.read(elements, first, values, n);
                for (int done = 0; done < n; ) {
                    done += addRun(done, n - done);
                }
            }
        }

        /** Adds the values that belong to the current cell, and returns their number. */
        private int addRun(int first, int available) {
            int cell = (int) (row / blockHeight) * columns + (int) (column / blockWidth);
            long end = Math.min(width, (column / blockWidth + 1) * blockWidth);
            int n = (int) Math.min(available, end - column);
            for (int i = first; i < first + n; i++) {
                if (Double.isFinite(values[i])) {
                    sums[cell] += values[i];
                    counts[cell]++;
                }
            }
            column += n;
            if (column == width) {
                column = 0;
                row++;
            }
            return n;
        }

        double[] means() {
            double[] means = new double[sums.length];
            for (int i = 0; i < means.length; i++) {
                means[i] = sums[i] / counts[i];
            }
            return means;
        }
    }

    /**
     * Returns the number of rows.
     *
     * @return at most the limit
     */
    public int rows() {
        return means.length / columns;
    }

    /**
     * Returns the number of columns.
     *
     * @return at most the limit
     */
    public int columns() {
        return columns;
    }

    /**
     * Returns the mean of a block.
     *
     * @param row the row of the cell
     * @param column the column of the cell
     * @return the mean of its finite elements; NaN if it has none
     */
    public double mean(int row, int column) {
        return means[row * columns + column];
    }

    /**
     * Returns the cells.
     *
     * @return the means, row by row
     */
    @Override
    public String toString() {
        return rows() + "x" + columns + " " + Arrays.toString(means);
    }
}
