package org.tfckpt.format;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Copies boxes of a source into rows of a buffer. Not thread-safe. */
final class TileCopy {
    /** The number of elements along each side of a tile. */
    static final int SIDE = 128;
    /** A tile whose runs are within this number of bytes is read at once. */
    private static final int SPAN = 1 << 16;

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The bits of the first of two ints in a long. */
    private static final long LOW = 0xffffffffL;

    private final TensorData source;
    private final int width;
    private final ByteBuffer target;
    private final byte[] rows;
    private byte[] runs = new byte[0];
    private ByteBuffer runsBuffer = ByteBuffer.wrap(runs);

    TileCopy(TensorData source, int width, ByteBuffer target) {
        this.source = source;
        this.width = width;
        this.target = target;
        this.rows = new byte[Math.min(SIDE * SIDE * width, target.remaining())];
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
        for (int row = 0; row < count; row += SIDE) {
            int tileRows = Math.min(SIDE, count - row);
            for (long column = 0; column < length; column += SIDE) {
                int tileColumns = (int) Math.min(SIDE, length - column);
                int distance = gather(from + row + column * stride, stride, tileColumns, tileRows);
                turn(tileColumns, tileRows, distance);
                int bytes = tileColumns * width;
                int offset = to + row * rowDistance + (int) column * width;
                for (int i = 0; i < tileRows; i++) {
                    target.put(offset + i * rowDistance, rows, i * bytes, bytes);
                }
            }
        }
    }

    /** Reads the runs of a tile, and returns the distance between them in {@link #runs}, in elements. */
    private int gather(long from, long stride, int columns, int tileRows) throws IOException {
        long span = (columns - 1) * stride + tileRows;
        if (span <= SPAN / width) {
            source.readInto(from * width, buffer((int) span * width));
            return (int) stride;
        }
        source.readRuns(from * width, stride * width, tileRows * width, buffer(columns * tileRows * width));
        return tileRows;
    }

    private ByteBuffer buffer(int size) {
        if (runs.length < size) {
            runs = new byte[size];
            runsBuffer = ByteBuffer.wrap(runs);
        }
        return runsBuffer.clear().limit(size);
    }

    /** Transposes the tile. */
    private void turn(int columns, int tileRows, int distance) {
        int step = distance * width;
        if (width == Integer.BYTES && columns % 2 == 0 && tileRows % 2 == 0) {
            turnInts(columns, tileRows, step);
            return;
        }
        for (int row = 0; row < tileRows; row++) {
            int out = row * columns * width;
            int in = row * width;
            switch (width) {
                case 1 -> {
                    for (int i = 0; i < columns; i++) {
                        rows[out + i] = runs[in + i * step];
                    }
                }
                case 2 -> {
                    for (int i = 0; i < columns; i++) {
                        SHORTS.set(rows, out + i * 2, (short) SHORTS.get(runs, in + i * step));
                    }
                }
                case 4 -> {
                    for (int i = 0; i < columns; i++) {
                        INTS.set(rows, out + i * 4, (int) INTS.get(runs, in + i * step));
                    }
                }
                case 8 -> {
                    for (int i = 0; i < columns; i++) {
                        LONGS.set(rows, out + i * 8, (long) LONGS.get(runs, in + i * step));
                    }
                }
                default -> {
                    for (int i = 0; i < columns; i++) {
                        System.arraycopy(runs, in + i * step, rows, out + i * width, width);
                    }
                }
            }
        }
    }

    /** Transposes two rows and two columns at a time. */
    private void turnInts(int columns, int tileRows, int step) {
        int next = columns * Integer.BYTES;
        for (int i = 0; i < columns; i += 2) {
            int in = i * step;
            int out = i * Integer.BYTES;
            for (int row = 0; row < tileRows; row += 2) {
                long first = (long) LONGS.get(runs, in);
                long second = (long) LONGS.get(runs, in + step);
                LONGS.set(rows, out, (first & LOW) | (second << Integer.SIZE));
                LONGS.set(rows, out + next, (first >>> Integer.SIZE) | (second & ~LOW));
                in += Long.BYTES;
                out += 2 * next;
            }
        }
    }
}
