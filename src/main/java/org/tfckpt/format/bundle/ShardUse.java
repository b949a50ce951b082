package org.tfckpt.format.bundle;

import java.io.IOException;
import java.util.Arrays;
import org.tfckpt.io.ByteSource;

/**
 * Which bytes of a shard belong to tensors: 16 bytes of memory a tensor, so that a million of them fit a small heap.
 *
 * <p>Starts and ends are sorted each for itself. Where the i-th end lies above the start after it, ranges overlap; where
 * it lies below, there is a gap.
 */
final class ShardUse {
    private long[] starts = new long[16];
    private long[] ends = new long[16];
    private int count;

    /** Takes a range of a shard. */
    @FunctionalInterface
    interface Finding {
        void at(long offset, long length);
    }

    void add(long offset, long length) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count + (count >> 1));
            ends = Arrays.copyOf(ends, count + (count >> 1));
        }
        starts[count] = offset;
        ends[count] = offset + length;
        count++;
    }

    /** Tells overlaps, and gaps that hold anything but zeros (zeros are padding: tensors may be aligned). */
    void check(ByteSource shard, Finding overlap, Finding gap) throws IOException {
        Arrays.sort(starts, 0, count);
        Arrays.sort(ends, 0, count);
        long end = 0;
        for (int i = 0; i < count; i++) {
            if (end > starts[i]) {
                overlap.at(starts[i], end - starts[i]);
            } else {
                gap(shard, end, starts[i], gap);
            }
            end = ends[i];
        }
        gap(shard, end, Long.MAX_VALUE, gap);
    }

    private static void gap(ByteSource shard, long from, long to, Finding gap) throws IOException {
        long length = Math.min(to, shard.size()) - from;
        if (length <= 0) {
            return;
        }
        boolean[] used = {false};
        shard.forEach(from, length, part -> {
            while (!used[0] && part.hasRemaining()) {
                used[0] = part.get() != 0;
            }
        });
        if (used[0]) {
            gap.at(from, length);
        }
    }
}
