package org.tfckpt.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorSlice;

/** The stored slices of a tensor: each lies within the shape, and no two overlap. */
public final class SliceSet {
    private final Shape shape;
    private final List<TensorSlice> boxes;

    private SliceSet(Shape shape, List<TensorSlice> boxes) {
        this.shape = shape;
        this.boxes = boxes;
    }

    /**
     * Checks slices, with TensorFlow's messages.
     *
     * @param shape the shape of the whole tensor, which must be valid
     * @param slices the slices in the order in which they are stored
     * @param place the context of the exception
     * @return the slices
     * @throws DataLossException if one does not fit the shape, or two overlap
     * @throws CheckpointException if checking them would take too long
     */
    public static SliceSet of(Shape shape, List<TensorSlice> slices, ErrorContext place) throws CheckpointException {
        List<TensorSlice> boxes = new ArrayList<>(slices.size());
        for (TensorSlice slice : slices) {
            try {
                boxes.add(slice.spelledOut(shape));
            } catch (IllegalArgumentException e) {
                throw new DataLossException(ProblemKind.SLICES, String.valueOf(e.getMessage()), place, e);
            }
        }
        SliceOverlaps.Pair pair = SliceOverlaps.find(boxes, place);
        if (pair != null) {
            throw new DataLossException(
                    ProblemKind.SLICES,
                    "slices " + slices.get(pair.first()) + " and " + slices.get(pair.second()) + " overlap",
                    place.withTensorFlow("Overlapping slices: existing slice = " + slices.get(pair.first())
                            + ", new slice = " + slices.get(pair.second())));
        }
        return new SliceSet(shape, boxes);
    }

    /**
     * Returns a slice with all extents spelled out.
     *
     * @param index the index of the slice
     * @return the box
     */
    TensorSlice box(int index) {
        return boxes.get(index);
    }

    /** Returns the shape of the whole tensor. */
    Shape shape() {
        return shape;
    }

    /** The slices that overlap a region; {@code exact} if there is one, and it is the region. */
    static final class Cover {
        private final int[] slices;
        private final boolean exact;

        private Cover(int[] slices, boolean exact) {
            this.slices = slices;
            this.exact = exact;
        }

        int count() {
            return slices.length;
        }

        int slice(int index) {
            return slices[index];
        }

        boolean isExact() {
            return exact;
        }
    }

    /**
     * Returns the slices that overlap a region.
     *
     * @param region the region, all extents spelled out
     * @return the slices, or null if they do not cover the region
     */
    @Nullable
    Cover cover(TensorSlice region) {
        long wanted = volume(region);
        long covered = 0;
        int[] hits = new int[4];
        int count = 0;
        for (int i = 0; i < boxes.size(); i++) {
            TensorSlice box = boxes.get(i);
            if (box.equals(region)) {
                return new Cover(new int[] {i}, true);
            }
            long common = commonVolume(box, region);
            if (common > 0) {
                if (count == hits.length) {
                    hits = Arrays.copyOf(hits, 2 * count);
                }
                hits[count++] = i;
                covered += common;
            }
        }
        return covered == wanted ? new Cover(Arrays.copyOf(hits, count), false) : null;
    }

    /**
     * Returns whether the slices cover a region.
     *
     * @param region a region within the shape
     * @return false if a part is missing
     */
    public boolean covers(TensorSlice region) {
        return cover(region.spelledOut(shape)) != null;
    }

    private static long volume(TensorSlice box) {
        long volume = 1;
        for (int axis = 0; axis < box.rank(); axis++) {
            volume *= box.length(axis);
        }
        return volume;
    }

    private static long commonVolume(TensorSlice a, TensorSlice b) {
        long volume = 1;
        for (int axis = 0; axis < a.rank() && volume > 0; axis++) {
            long start = Math.max(a.start(axis), b.start(axis));
            long end = Math.min(a.start(axis) + a.length(axis), b.start(axis) + b.length(axis));
            volume *= Math.max(0, end - start);
        }
        return volume;
    }
}
