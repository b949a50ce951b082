package org.tfckpt.values;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;

/**
 * The differences between two checkpoints, in the order of names. Immutable.
 *
 * @param onlyA tensors that only the first checkpoint has
 * @param onlyB tensors that only the second checkpoint has
 * @param shapes tensors of different shapes
 * @param dtypes tensors of different dtypes
 * @param values tensors with different elements, or with elements outside the tolerance
 * @param same the number of tensors without a difference
 * @param notCompared tensors whose values were not compared
 */
public record Differences(
        List<TensorInfo> onlyA,
        List<TensorInfo> onlyB,
        List<Pair> shapes,
        List<Pair> dtypes,
        List<TensorDifference> values,
        long same,
        List<NotCompared> notCompared) {

    /**
     * Makes immutable copies of the lists.
     *
     * @param onlyA tensors that only the first checkpoint has
     * @param onlyB tensors that only the second checkpoint has
     * @param shapes tensors of different shapes
     * @param dtypes tensors of different dtypes
     * @param values tensors with different elements
     * @param same the number of tensors without a difference
     * @param notCompared tensors whose values were not compared
     */
    public Differences {
        onlyA = List.copyOf(onlyA);
        onlyB = List.copyOf(onlyB);
        shapes = List.copyOf(shapes);
        dtypes = List.copyOf(dtypes);
        values = List.copyOf(values);
        notCompared = List.copyOf(notCompared);
    }

    /**
     * A tensor of both checkpoints.
     *
     * @param a the tensor of the first one
     * @param b the tensor of the second one, perhaps of another name
     */
    public record Pair(TensorInfo a, TensorInfo b) {}

    /**
     * A tensor whose values were not compared.
     *
     * @param a the tensor of the first checkpoint
     * @param b the tensor of the second checkpoint
     * @param damage why a tensor cannot be read; null if there are no checksums to compare, or the dtype is not supported
     */
    public record NotCompared(
            TensorInfo a, TensorInfo b, @Nullable CheckpointException damage) {}

    /**
     * Returns whether the checkpoints are equal, as far as they were compared.
     *
     * @return true if both have the same names, shapes and dtypes, no element is outside the tolerance, and no tensor is
     *     damaged
     */
    public boolean isEqual() {
        return onlyA.isEmpty()
                && onlyB.isEmpty()
                && shapes.isEmpty()
                && dtypes.isEmpty()
                && values.stream().allMatch(tensor -> tensor.outside().orElse(1) == 0)
                && notCompared.stream().allMatch(tensor -> tensor.damage() == null);
    }
}
