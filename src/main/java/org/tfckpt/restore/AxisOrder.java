package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/** Orders of axes that turn the shape of a tensor into that of a variable. */
final class AxisOrder {
    /** From TensorFlow's layout to PyTorch's: Dense; Conv1D; Conv2D and DepthwiseConv2D; Conv3D. */
    private static final List<List<Integer>> KNOWN =
            List.of(List.of(1, 0), List.of(2, 1, 0), List.of(3, 2, 0, 1), List.of(2, 3, 0, 1), List.of(4, 3, 0, 1, 2));

    private AxisOrder() {}

    /**
     * Returns the order of axes that turns one shape into another: one that frameworks differ by, or else the only one.
     *
     * @param found the shape of a tensor; axes of size 1 that the other shape does not have are dropped
     * @param wanted the other shape
     * @return the order; empty if there is none, or several
     */
    static Optional<List<Integer>> between(Shape found, Shape wanted) {
        int rank = wanted.rank();
        if (rank == 0 || rank > found.rank() || found.equals(wanted)) {
            return Optional.empty();
        }
        List<Integer> kept =
                new ArrayList<>(IntStream.range(0, found.rank()).boxed().toList());
        for (int axis = 0; axis < found.rank() && kept.size() > rank; axis++) {
            if (found.dimension(axis) == 1) {
                kept.remove(Integer.valueOf(axis));
            }
        }
        Shape reduced = found.permuted(kept);
        if (reduced.equals(wanted)) {
            return Optional.of(kept);
        }
        return order(reduced, wanted).map(order -> order.stream().map(kept::get).toList());
    }

    private static Optional<List<Integer>> order(Shape found, Shape wanted) {
        for (List<Integer> known : KNOWN) {
            if (known.size() == wanted.rank()
                    && found.hasAxes(known)
                    && found.permuted(known).equals(wanted)) {
                return Optional.of(known);
            }
        }
        List<Integer> order = new ArrayList<>();
        for (long size : wanted.toArray()) {
            int[] axes = IntStream.range(0, found.rank())
                    .filter(axis -> found.dimension(axis) == size)
                    .toArray();
            if (axes.length != 1) {
                return Optional.empty();
            }
            order.add(axes[0]);
        }
        return found.hasAxes(order) ? Optional.of(order) : Optional.empty();
    }

    /** Returns whether a tensor fits a variable, perhaps with its axes in another order. */
    static boolean fits(Wanted wanted, TensorInfo tensor) {
        return wanted.fits(tensor)
                || (wanted.fitsDtype(tensor) && of(wanted, tensor).isPresent());
    }

    /** Returns the order that gives a tensor the shape of a variable. */
    static Optional<List<Integer>> of(Wanted wanted, TensorInfo tensor) {
        return tensor.dtype().isFixedWidth()
                ? wanted.tensorShape().flatMap(shape -> between(tensor.shape(), shape))
                : Optional.empty();
    }

    static TensorInfo transposed(TensorInfo tensor, List<Integer> order) {
        return new TensorInfo(
                tensor.name(), tensor.dtypeNumber(), tensor.shape().permuted(order), tensor.storage(), List.of());
    }
}
