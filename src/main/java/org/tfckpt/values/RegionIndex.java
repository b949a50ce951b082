package org.tfckpt.values;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorSlice;

/** Converts between indices in row-major order: of a region, of the whole tensor, and by dimension. */
final class RegionIndex {
    private final Shape shape;

    RegionIndex(Shape shape) {
        this.shape = shape;
    }

    /** Returns the index in the tensor of elements of a region, from the one with the index {@code first} there. */
    LongUnaryOperator of(@Nullable TensorSlice region, long first) {
        if (region == null) {
            return index -> first + index;
        }
        Shape part = region.of(shape);
        return index -> {
            long rest = first + index;
            long result = 0;
            long stride = 1;
            for (int axis = shape.rank() - 1; axis >= 0; axis--) {
                long length = part.dimension(axis);
                result += (rest % length + (region.isFullAt(axis) ? 0 : region.start(axis))) * stride;
                rest /= length;
                stride *= shape.dimension(axis);
            }
            return result;
        };
    }

    /** Returns the index in each dimension. */
    List<Long> byDimension(long index) {
        Long[] indices = new Long[shape.rank()];
        long rest = index;
        for (int axis = indices.length - 1; axis >= 0; axis--) {
            indices[axis] = rest % shape.dimension(axis);
            rest /= shape.dimension(axis);
        }
        return new ArrayList<>(List.of(indices));
    }
}
