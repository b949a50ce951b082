package org.tfckpt.io;

import java.io.IOException;

/**
 * The byte ranges of a file that tensors or blocks occupy. Finds overlaps and gaps. Each range takes 16 bytes of
 * memory, so a million of them fit in a small heap.
 *
 * <p>Starts and ends are sorted independently. If the i-th end is greater than the next start, ranges overlap; if it is
 * less, there is a gap.
 */
public final class ByteRanges {
    private static final long PART = 1 << 20;

    private final LongList starts = new LongList();
    private final LongList ends = new LongList();

    /** Creates an empty set of ranges. */
    public ByteRanges() {}

    /** Receives overlaps or gaps. */
    @FunctionalInterface
    public interface Listener {
        /** Called for each range found, in bytes. An exception stops the check. */
        void found(long offset, long length) throws IOException;
    }

    /** Adds an occupied range, in bytes. */
    public void add(long offset, long length) {
        starts.add(offset);
        ends.add(offset + length);
    }

    /**
     * Reports bytes that belong to more than one range to {@code overlap}, and bytes that belong to none to {@code gap}
     * unless all of them are zero: tensors may be aligned.
     */
    public void check(ByteSource file, Listener overlap, Listener gap) throws IOException {
        starts.sort();
        ends.sort();
        long end = 0;
        for (int i = 0; i < starts.size(); i++) {
            long start = starts.get(i);
            if (end > start) {
                overlap.found(start, end - start);
            } else {
                checkGap(file, end, start, gap);
            }
            end = ends.get(i);
        }
        checkGap(file, end, Long.MAX_VALUE, gap);
    }

    private static void checkGap(ByteSource file, long from, long to, Listener gap) throws IOException {
        long length = from == to ? 0 : Math.min(to, file.size()) - from;
        if (length > 0 && !isZero(file, from, length)) {
            gap.found(from, length);
        }
    }

    /** Returns whether a range contains only zeros. Reads up to the first other byte. */
    public static boolean isZero(ByteSource file, long from, long length) throws IOException {
        boolean[] nonzero = {false};
        for (long done = 0; done < length && !nonzero[0]; done += PART) {
            file.forEach(from + done, Math.min(PART, length - done), part -> {
                while (!nonzero[0] && part.hasRemaining()) {
                    nonzero[0] = part.get() != 0;
                }
            });
        }
        return !nonzero[0];
    }
}
