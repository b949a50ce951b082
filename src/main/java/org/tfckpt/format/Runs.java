package org.tfckpt.format;

import java.util.Arrays;
import org.tfckpt.tensor.TensorSlice;

/**
 * The intersection of a region and a stored slice (the part), as runs: row-major stretches that are contiguous in both.
 * All runs have the same length, and they have the same order in both.
 *
 * <p>Offsets are from the start of the region or of the part, in bytes; for a width of 1, they are in elements.
 */
final class Runs {
    private final long length;
    private final long regionStart;
    private final long partStart;
    /** The number of steps along each axis outside a run; the strides are the distances of a step. */
    private final long[] counts;

    private final long[] regionStrides;
    private final long[] partStrides;

    private Runs(
            long length, long regionStart, long partStart, long[] counts, long[] regionStrides, long[] partStrides) {
        this.length = length;
        this.regionStart = regionStart;
        this.partStart = partStart;
        this.counts = counts;
        this.regionStrides = regionStrides;
        this.partStrides = partStrides;
    }

    /** Creates the runs of an intersection that is not empty; all extents must be spelled out. */
    static Runs of(TensorSlice common, TensorSlice region, TensorSlice part, int width) {
        int rank = common.rank();
        int inner = rank - 1;
        while (inner > 0
                && common.length(inner) == region.length(inner)
                && common.length(inner) == part.length(inner)) {
            inner--;
        }
        long[] counts = new long[Math.max(0, inner)];
        long[] regionStrides = new long[counts.length];
        long[] partStrides = new long[counts.length];
        int outer = counts.length;
        long length = width;
        long regionStride = width;
        long partStride = width;
        long regionStart = 0;
        long partStart = 0;
        for (int axis = rank - 1; axis >= 0; axis--) {
            regionStart += (common.start(axis) - region.start(axis)) * regionStride;
            partStart += (common.start(axis) - part.start(axis)) * partStride;
            if (axis >= inner) {
                length *= common.length(axis);
            } else if (common.length(axis) > 1) {
                outer--;
                counts[outer] = common.length(axis);
                regionStrides[outer] = regionStride;
                partStrides[outer] = partStride;
            }
            regionStride *= region.length(axis);
            partStride *= part.length(axis);
        }
        return new Runs(
                length,
                regionStart,
                partStart,
                Arrays.copyOfRange(counts, outer, counts.length),
                Arrays.copyOfRange(regionStrides, outer, counts.length),
                Arrays.copyOfRange(partStrides, outer, counts.length));
    }

    /** Returns the length of every run. */
    long length() {
        return length;
    }

    /**
     * Returns whether the gaps between runs in the part are so small that reading them is cheaper than skipping them.
     */
    boolean isDense() {
        int last = counts.length - 1;
        return last < 0 || partStrides[last] - length <= Math.max(length, 4096);
    }

    /** Returns the offset of the first run in the region. */
    long regionStart() {
        return regionStart;
    }

    /** Returns the end of the last run in the region. */
    long regionEnd() {
        return regionStart + toLast(regionStrides) + length;
    }

    /** Returns the end of the last run in the part. */
    long partEnd() {
        return partStart + toLast(partStrides) + length;
    }

    private long toLast(long[] strides) {
        long distance = 0;
        for (int i = 0; i < counts.length; i++) {
            distance += (counts[i] - 1) * strides[i];
        }
        return distance;
    }

    /** Returns a cursor at the first run that ends after an offset in the region. */
    Cursor from(long regionOffset) {
        return new Cursor(regionOffset);
    }

    /** Iterates over the runs. */
    final class Cursor {
        private final long[] at = new long[counts.length];
        private long region = regionStart;
        private long part = partStart;
        private boolean valid = true;

        private Cursor(long regionOffset) {
            long rest = regionOffset - regionStart;
            if (rest < length) {
                return;
            }
            for (int i = 0; i < counts.length; i++) {
                boolean beyond = rest / regionStrides[i] >= counts[i];
                move(i, beyond ? counts[i] - 1 : rest / regionStrides[i]);
                if (beyond) {
                    rest = Long.MAX_VALUE;
                } else {
                    rest -= at[i] * regionStrides[i];
                }
            }
            if (rest >= length) {
                next();
            }
        }

        private void move(int axis, long to) {
            region += (to - at[axis]) * regionStrides[axis];
            part += (to - at[axis]) * partStrides[axis];
            at[axis] = to;
        }

        boolean valid() {
            return valid;
        }

        /** Returns the offset of this run in the region. */
        long region() {
            return region;
        }

        /** Returns the offset of this run in the part. */
        long part() {
            return part;
        }

        void next() {
            for (int axis = at.length - 1; axis >= 0; axis--) {
                if (at[axis] + 1 < counts[axis]) {
                    move(axis, at[axis] + 1);
                    return;
                }
                move(axis, 0);
            }
            valid = false;
        }
    }
}
