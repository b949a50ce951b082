package org.tfckpt.format;

import java.util.Arrays;

/**
 * The memory layout of a tensor whose axes are permuted: for each axis of the result, its size and the distance of two
 * neighbours in the source, in elements. Axes of size 1 are left out, and axes that are contiguous in both source and
 * result are merged. The distances are those of a permutation of a row-major array, so one of them is 1.
 */
public final class Layout {
    private final long[] sizes;
    private final long[] strides;
    /** For each axis, the number of elements of the result in one step along it. */
    private final long[] steps;

    private Layout(long[] sizes, long[] strides) {
        this.sizes = sizes;
        this.strides = strides;
        this.steps = new long[sizes.length];
        long step = 1;
        for (int axis = sizes.length - 1; axis >= 0; axis--) {
            steps[axis] = step;
            step *= sizes[axis];
        }
    }

    /**
     * Creates a layout for a source of the given dimensions, none of them 0; for each axis of the result, {@code axes}
     * has its axis in the source.
     */
    public static Layout of(long[] source, int[] axes) {
        long[] distance = new long[source.length];
        long product = 1;
        for (int axis = source.length - 1; axis >= 0; axis--) {
            distance[axis] = product;
            product *= source[axis];
        }
        long[] sizes = new long[axes.length];
        long[] strides = new long[axes.length];
        int count = 0;
        for (int axis : axes) {
            if (source[axis] == 1) {
                continue;
            }
            if (count > 0 && strides[count - 1] == distance[axis] * source[axis]) {
                sizes[count - 1] *= source[axis];
                strides[count - 1] = distance[axis];
            } else {
                sizes[count] = source[axis];
                strides[count] = distance[axis];
                count++;
            }
        }
        return new Layout(Arrays.copyOf(sizes, count), Arrays.copyOf(strides, count));
    }

    /** Returns whether the result has the order of the source. */
    boolean isIdentity() {
        return sizes.length <= 1;
    }

    int rank() {
        return sizes.length;
    }

    long size(int axis) {
        return sizes[axis];
    }

    long stride(int axis) {
        return strides[axis];
    }

    long step(int axis) {
        return steps[axis];
    }

    /** Returns the index along an axis of an element of the result. */
    long index(int axis, long element) {
        return element / steps[axis] % sizes[axis];
    }

    /** Returns the position in the source of an element of the result, by their row-major indices. */
    public long source(long element) {
        long position = 0;
        long rest = element;
        for (int axis = 0; axis < sizes.length; axis++) {
            position += rest / steps[axis] * strides[axis];
            rest %= steps[axis];
        }
        return position;
    }

    /** Returns the axis of the result along which neighbours are neighbours in the source. */
    int contiguousAxis() {
        int axis = 0;
        while (strides[axis] != 1) {
            axis++;
        }
        return axis;
    }
}
