package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Copies boxes of a source into rows of a buffer. Not thread-safe. */
final class TileCopy {
    /** The size of a tile, which fits the second cache of a core together with the rows that it is written to. */
    private static final int TILE = 1 << 16;

    private static final int PAGE = 1 << 12;
    /** The size of runs that begin within one page. Of longer ones, the processor reads ahead beyond their end. */
    private static final int NEAR = 128;
    /** The size of runs in different pages. Each of them costs a look-up of its page. */
    private static final int FAR = 512;
    /** A tile whose runs are within this number of bytes is read at once. */
    private static final int SPAN = TILE;

    /** The bits of the first of two ints in a long. */
    private static final long LOW = 0xffffffffL;

    private final TensorData source;
    private final int width;
    private final ByteBuffer target;
    private ByteBuffer runs = ByteBuffer.allocate(0);

    TileCopy(TensorData source, int width, ByteBuffer target) {
        this.source = source;
        this.width = width;
        this.target = target.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Returns the number of elements of the runs of a tile.
     *
     * @param stride the distance of two runs, in elements
     * @param width the size of an element in bytes
     */
    static int runLength(long stride, int width) {
        return (stride * width < PAGE ? NEAR : FAR) / width;
    }

    /**
     * Copies a box.
     *
     * @param from the position of its first element in the source
     * @param stride the distance in the source of neighbours in a row
     * @param length the number of elements of a row
     * @param count the number of rows, whose first elements are neighbours in the source
     * @param to the offset of the first row in the target, in bytes
     * @param rowDistance the distance of rows in the target, in bytes
     */
    void box(long from, long stride, long length, int count, int to, int rowDistance) throws IOException {
        if (stride == 1 && count == 1) {
            source.readInto(from * width, target.slice(to, (int) length * width));
            return;
        }
        int run = runLength(stride, width);
        int runsOfTile = TILE / (run * width);
        for (int row = 0; row < count; row += run) {
            int tileRows = Math.min(run, count - row);
            for (long column = 0; column < length; column += runsOfTile) {
                int columns = (int) Math.min(runsOfTile, length - column);
                int distance = gather(from + row + column * stride, stride, columns, tileRows);
                turn(columns, tileRows, distance * width, to + row * rowDistance + (int) column * width, rowDistance);
            }
        }
    }

    /** Reads the runs of a tile, and returns the distance between them in {@link #runs}, in elements. */
    private int gather(long from, long stride, int columns, int tileRows) throws IOException {
        long span = (columns - 1) * stride + tileRows;
        if (span <= SPAN / width) {
            source.readInto(from * width, runs((int) span * width));
            return (int) stride;
        }
        int length = tileRows * width;
        source.readRuns(
                from * width,
                stride * width,
                length,
                columns,
                runs(columns * length).array());
        return tileRows;
    }

    private ByteBuffer runs(int size) {
        if (runs.capacity() < size) {
            runs = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        }
        return runs.clear().limit(size);
    }

    /** Writes the tile, transposed. */
    private void turn(int columns, int tileRows, int step, int to, int rowDistance) {
        int row = 0;
        if (width == Integer.BYTES) {
            for (; row + 1 < tileRows; row += 2) {
                turnInts(columns, row * width, step, to + row * rowDistance, rowDistance);
            }
        }
        for (; row < tileRows; row++) {
            turnRow(columns, row * width, step, to + row * rowDistance);
        }
    }

    private void turnRow(int columns, int from, int step, int to) {
        int in = from;
        int end = to + columns * width;
        switch (width) {
            case 1 -> {
                for (int out = to; out < end; out++, in += step) {
                    target.put(out, runs.get(in));
                }
            }
            case 2 -> {
                for (int out = to; out < end; out += 2, in += step) {
                    target.putShort(out, runs.getShort(in));
                }
            }
            case 4 -> {
                for (int out = to; out < end; out += 4, in += step) {
                    target.putInt(out, runs.getInt(in));
                }
            }
            default -> {
                // 8 or 16
                for (int out = to; out < end; out += width, in += step) {
                    for (int i = 0; i < width; i += Long.BYTES) {
                        target.putLong(out + i, runs.getLong(in + i));
                    }
                }
            }
        }
    }

    /** Writes two rows, two columns at a time. */
    private void turnInts(int columns, int from, int step, int to, int rowDistance) {
        int in = from;
        int out = to;
        int end = to + (columns & -2) * Integer.BYTES;
        for (; out < end; out += Long.BYTES, in += 2 * step) {
            long first = runs.getLong(in);
            long second = runs.getLong(in + step);
            target.putLong(out, (first & LOW) | (second << Integer.SIZE));
            target.putLong(out + rowDistance, (first >>> Integer.SIZE) | (second & ~LOW));
        }
        if (columns % 2 != 0) {
            target.putInt(out, runs.getInt(in));
            target.putInt(out + rowDistance, runs.getInt(in + Integer.BYTES));
        }
    }
}
