package org.tfckpt.edit;

import org.tfckpt.tensor.Shape;

/**
 * The overlap of two shapes of the same rank: the elements whose indices exist in both. In row-major order, each run of
 * the new shape begins with elements of the overlap and ends with others; either part may be empty.
 */
final class Overlap {
    private final long[] oldSizes;
    private final long[] newSizes;
    /** The innermost dimension in which the shapes differ. */
    private final int axis;

    /** The number of elements in all dimensions inside of the axis. */
    private final long inner;

    Overlap(Shape oldShape, Shape newShape) {
        oldSizes = oldShape.toArray();
        newSizes = newShape.toArray();
        int last = newSizes.length - 1;
        long elements = 1;
        while (last > 0 && oldSizes[last] == newSizes[last]) {
            elements *= newSizes[last];
            last--;
        }
        axis = last;
        inner = elements;
    }

    /** Receives runs. */
    interface Receiver<E extends Exception> {
        /**
         * Receives consecutive elements of the new shape.
         *
         * @param old the index of the first in the old shape, where they are consecutive too; -1 if they do not overlap
         * @param count the number of elements
         */
        void run(long old, long count) throws E;
    }

    /** Passes the elements from {@code start} on, {@code count} in all, run by run. */
    <E extends Exception> void forEachRun(long start, long count, Receiver<E> receiver) throws E {
        long rowLength = newSizes[axis] * inner;
        long kept = Math.min(oldSizes[axis], newSizes[axis]) * inner;
        long end = start + count;
        for (long at = start; at < end; ) {
            long inRow = at % rowLength;
            long oldRow = oldRow(at / rowLength);
            boolean isOld = oldRow >= 0 && inRow < kept;
            long length = Math.min(end - at, (isOld ? kept : rowLength) - inRow);
            receiver.run(isOld ? oldRow * oldSizes[axis] * inner + inRow : -1, length);
            at += length;
        }
    }

    /** Returns the number of the row in the old shape, if all its outer indices exist there; otherwise -1. */
    private long oldRow(long row) {
        long rest = row;
        long oldRow = 0;
        long step = 1;
        for (int dimension = axis - 1; dimension >= 0; dimension--) {
            long index = rest % newSizes[dimension];
            rest /= newSizes[dimension];
            if (index >= oldSizes[dimension]) {
                return -1;
            }
            oldRow += index * step;
            step *= oldSizes[dimension];
        }
        return oldRow;
    }
}
