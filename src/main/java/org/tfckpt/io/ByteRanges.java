package org.tfckpt.io;

import java.io.IOException;
import java.util.Arrays;

/**
 * Which bytes of a file belong to somebody, tensors or blocks: 16 bytes of memory a range, so that a million of them fit
 * a small heap.
 *
 * <p>Starts and ends are sorted each for itself. Where the i-th end lies above the start after it, ranges overlap; where
 * it lies below, there is a gap.
 */
public final class ByteRanges {
    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private int count;

    /** Nothing is used yet. */
    public ByteRanges() {}

    /** Takes a range of the file. */
    @FunctionalInterface
    public interface Finding {
        /**
         * Takes a range.
         *
         * @param offset its first byte
         * @param length its number of bytes
         * @throws IOException ends the check
         */
        void at(long offset, long length) throws IOException;
    }

    /**
     * Notes a range that belongs to somebody.
     *
     * @param offset its first byte
     * @param length its number of bytes
     */
    public void add(long offset, long length) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count + (count >> 1));
            ends = Arrays.copyOf(ends, count + (count >> 1));
        }
        starts[count] = offset;
        ends[count] = offset + length;
        count++;
    }

    /**
     * Tells overlaps, and gaps that hold anything but zeros (zeros are padding: tensors may be aligned).
     *
     * @param file whose bytes they are
     * @param overlap told of bytes that belong to more than one
     * @param gap told of bytes that belong to nobody
     * @throws IOException if the file cannot be read
     */
    public void check(ByteSource file, Finding overlap, Finding gap) throws IOException {
        Arrays.sort(starts, 0, count);
        Arrays.sort(ends, 0, count);
        long end = 0;
        for (int i = 0; i < count; i++) {
            if (end > starts[i]) {
                overlap.at(starts[i], end - starts[i]);
            } else {
                gap(file, end, starts[i], gap);
            }
            end = ends[i];
        }
        gap(file, end, Long.MAX_VALUE, gap);
    }

    private static void gap(ByteSource file, long from, long to, Finding gap) throws IOException {
        if (from == to) {
            return;
        }
        long length = Math.min(to, file.size()) - from;
        if (length <= 0) {
            return;
        }
        boolean[] used = {false};
        file.forEach(from, length, part -> {
            while (!used[0] && part.hasRemaining()) {
                used[0] = part.get() != 0;
            }
        });
        if (used[0]) {
            gap.at(from, length);
        }
    }
}
