package org.tfckpt.format.bundle;

import org.jspecify.annotations.Nullable;
import org.tfckpt.format.SliceKey;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * A tensor, or a slice of a partitioned tensor, that is added to a checkpoint.
 *
 * @param name the tensor's name
 * @param dtype its dtype
 * @param shape the shape of the whole tensor
 * @param slice the slice that is added, or null for the whole tensor
 */
public record TensorPart(
        String name, DataType dtype, Shape shape, @Nullable TensorSlice slice) {
    /** Returns the shape of the added elements: that of the slice, or of the whole tensor. */
    public Shape addedShape() {
        return slice == null ? shape : slice.of(shape);
    }

    /** Returns the slice, or null if the whole tensor is added, including as a slice that covers it. */
    @Nullable
    TensorSlice properSlice() {
        return slice == null || slice.isFullIn(shape) ? null : slice;
    }

    byte[] key() {
        TensorSlice part = properSlice();
        return part == null ? TensorNames.encode(name) : new SliceKey(name, part).encode();
    }
}
