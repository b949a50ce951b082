package org.tfckpt.edit;

import java.util.List;
import java.util.Optional;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * A tensor of the new checkpoint, and its source.
 *
 * @param input the index of the source checkpoint, from 0: first the inputs, then the checkpoint to
 *     {@linkplain GraphFit#fillFrom fill from} and the {@linkplain GraphFit#to(org.tfckpt.Checkpoint) template}
 * @param source the tensor in the source checkpoint
 * @param name the new name
 * @param dtype the new dtype; that of the source unless it is cast
 * @param shape the new shape; that of the source unless it is {@linkplain GraphFit#resize resized}
 * @param filled whether it comes from none of the inputs, but from the checkpoint to fill from or the template
 * @param rest if it is resized, the tensor in the checkpoint to fill from that contains the values outside of the
 *     overlap; empty if these are zeros
 * @param axes for each axis of the new tensor, its axis in the source; empty if their order does not change
 */
public record RewrittenTensor(
        int input,
        TensorInfo source,
        String name,
        DataType dtype,
        Shape shape,
        boolean filled,
        Optional<TensorInfo> rest,
        List<Integer> axes) {
    /**
     * Makes an immutable copy of {@code axes}.
     *
     * @param input the index of the source checkpoint
     * @param source the tensor in the source checkpoint
     * @param name the new name
     * @param dtype the new dtype
     * @param shape the new shape
     * @param filled whether it comes from none of the inputs
     * @param rest the tensor with the values outside of the overlap
     * @param axes the order of the axes
     */
    public RewrittenTensor {
        axes = List.copyOf(axes);
    }

    /** Creates a tensor that is only renamed. */
    RewrittenTensor(int input, TensorInfo source, String name) {
        this(input, source, name, source.dtype(), source.shape(), false, Optional.empty(), List.of());
    }

    /**
     * Returns whether the tensor is renamed.
     *
     * @return true if the names differ
     */
    public boolean isRenamed() {
        return !name.equals(source.name());
    }

    /**
     * Returns whether the values are cast.
     *
     * @return true if the dtypes differ
     */
    public boolean isCast() {
        return dtype != source.dtype();
    }

    /**
     * Returns whether the tensor gets another shape.
     *
     * @return true if the shapes differ
     */
    public boolean isResized() {
        return !shape.equals(permuted(source.shape(), axes));
    }

    /**
     * Returns whether the order of the axes changes.
     *
     * @return true if {@link #axes()} is not empty
     */
    public boolean isTransposed() {
        return !axes.isEmpty();
    }

    RewrittenTensor from(TensorInfo newSource, List<Integer> newAxes) {
        boolean isWhole = shape.equals(source.shape());
        Shape newShape = isWhole ? permuted(newSource.shape(), newAxes) : shape;
        return new RewrittenTensor(input, newSource, name, dtype, newShape, filled, rest, newAxes);
    }

    private static Shape permuted(Shape shape, List<Integer> axes) {
        return axes.isEmpty() ? shape : shape.permuted(axes);
    }

    RewrittenTensor castTo(DataType newDtype) {
        return new RewrittenTensor(input, source, name, newDtype, shape, filled, rest, axes);
    }

    RewrittenTensor asFilled() {
        return new RewrittenTensor(input, source, name, dtype, shape, true, rest, axes);
    }

    RewrittenTensor resizedTo(Shape newShape, Optional<TensorInfo> newRest) {
        return new RewrittenTensor(input, source, name, dtype, newShape, filled, newRest, axes);
    }

    /**
     * Returns a line of text.
     *
     * @return for example {@code input/DW (DT_FLOAT) [3,3] -> init/DW}; without an arrow if nothing changes. A tensor
     *     that is resized or filled ends in {@code : resized, the rest is zeros}, {@code : resized, the rest is filled}
     *     or {@code : filled}
     */
    @Override
    public String toString() {
        String to = (isRenamed() ? " " + TensorNames.printable(name) : "")
                + (isCast() ? " (" + dtype + ")" : "")
                + (isResized() || isTransposed() ? " " + shape : "");
        String how = isResized()
                ? ": resized, the rest is " + (rest.isPresent() ? "filled" : "zeros")
                : filled ? ": filled" : isTransposed() ? ": axes " + axes : "";
        return TensorNames.printable(source.toString()) + (to.isEmpty() ? "" : " ->" + to) + how;
    }
}
