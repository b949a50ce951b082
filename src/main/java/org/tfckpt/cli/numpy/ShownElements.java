package org.tfckpt.cli.numpy;

import java.io.IOException;

/** Determines which elements of an array are printed. */
final class ShownElements {
    private final ArrayValues values;
    private final int edgeItems;
    private final boolean summarised;
    private final long[] strides;

    ShownElements(ArrayValues values, PrintOptions options) {
        this.values = values;
        this.edgeItems = options.edgeitems();
        this.summarised = values.shape().elements() > options.threshold();
        this.strides = new long[rank()];
        long stride = 1;
        for (int axis = rank() - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= values.shape().dimension(axis);
        }
    }

    int rank() {
        return values.shape().rank();
    }

    long length(int axis) {
        return values.shape().dimension(axis);
    }

    /** Returns the distance between neighbours on an axis, in elements. */
    long stride(int axis) {
        return strides[axis];
    }

    /** Returns whether elements of an axis are omitted. */
    boolean isCut(int axis) {
        return summarised && length(axis) > 2L * edgeItems;
    }

    /** Returns the number of elements shown before the dots. */
    long leading(int axis) {
        return isCut(axis) ? Math.max(edgeItems, 0) : 0;
    }

    /** Returns the first index shown after the dots. The last element is always shown. */
    long trailing(int axis) {
        return isCut(axis) ? length(axis) - Math.max(edgeItems, 1) : 0;
    }

    /**
     * Visits the elements that determine the column width.
     *
     * <p>These are the shown elements unless {@code edgeitems} is not positive: NumPy uses {@code a[:edgeitems]} and
     * {@code a[-edgeitems:]}, which then select others.
     */
    void forEach(ElementRun.Consumer consumer) throws IOException {
        forEach(0, 0, consumer);
    }

    private void forEach(int axis, long start, ElementRun.Consumer consumer) throws IOException {
        if (isCut(axis)) {
            forEach(axis, start, 0, pythonIndex(edgeItems, axis), consumer);
            forEach(axis, start, pythonIndex(-edgeItems, axis), length(axis), consumer);
        } else {
            forEach(axis, start, 0, length(axis), consumer);
        }
    }

    private void forEach(int axis, long start, long from, long to, ElementRun.Consumer consumer) throws IOException {
        if (axis == rank() - 1) {
            ElementRun.forEach(values, start + from, start + to, consumer);
            return;
        }
        for (long i = from; i < to; i++) {
            forEach(axis + 1, start + i * strides[axis], consumer);
        }
    }

    private long pythonIndex(int index, int axis) {
        return index < 0 ? Math.max(length(axis) + index, 0) : Math.min(index, length(axis));
    }
}
