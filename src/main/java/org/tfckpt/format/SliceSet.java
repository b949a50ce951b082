package org.tfckpt.format;

import java.util.ArrayList;
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
     * Checks slices of a tensor of a valid shape. Throws {@link DataLossException} with TensorFlow's message if one
     * does not fit the shape, or two overlap, and another {@link CheckpointException} if checking them would take too
     * long.
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

    /** Returns a slice with all extents spelled out. */
    TensorSlice box(int index) {
        return boxes.get(index);
    }

    /**
     * Returns the indices of the slices that overlap a region, all of whose extents are spelled out: one if it is the
     * region; null if they do not cover the region.
     */
    @Nullable
    List<Integer> cover(TensorSlice region) {
        long missing = SliceOverlaps.volume(region);
        List<Integer> hits = new ArrayList<>();
        for (int i = 0; i < boxes.size(); i++) {
            TensorSlice box = boxes.get(i);
            if (box.equals(region)) {
                return List.of(i);
            }
            long common = SliceOverlaps.commonVolume(box, region);
            if (common > 0) {
                hits.add(i);
                missing -= common;
            }
        }
        return missing == 0 ? hits : null;
    }

    /** Returns whether the slices cover a region within the shape. */
    public boolean covers(TensorSlice region) {
        return cover(region.spelledOut(shape)) != null;
    }
}
