package org.tfckpt;

import java.util.List;
import org.tfckpt.tensor.TensorInfo;

/**
 * A tensor under another name, and with its axes in another order. Immutable.
 *
 * @param name the new name
 * @param source the tensor of the checkpoint
 * @param axes for each axis of the new tensor, its axis in the source, where axes of size 1 may be missing; empty if their
 *     order does not change
 * @see Checkpoint#view
 */
public record TensorView(String name, TensorInfo source, List<Integer> axes) {
    /**
     * Makes an immutable copy of {@code axes}.
     *
     * @param name the new name
     * @param source the tensor of the checkpoint
     * @param axes the order of the axes
     * @throws IllegalArgumentException if an axis does not exist, occurs twice, or is missing and not of size 1, or the
     *     elements have no fixed width
     */
    public TensorView {
        axes = List.copyOf(axes);
        if (!axes.isEmpty() && !(source.shape().hasAxes(axes) && source.dtype().isFixedWidth())) {
            throw new IllegalArgumentException("the axes of " + source + " cannot have the order " + axes);
        }
    }
}
