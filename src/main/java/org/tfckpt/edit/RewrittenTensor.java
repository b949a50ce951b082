package org.tfckpt.edit;

import java.util.List;
import java.util.Optional;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** A tensor of the new checkpoint, and its source. Immutable. */
public final class RewrittenTensor {
    private final int input;
    private final TensorInfo source;
    private final String name;
    private final DataType dtype;
    private final Shape shape;
    private final boolean filled;
    private final Optional<TensorInfo> rest;
    private final List<Integer> axes;

    private RewrittenTensor(
            int input,
            TensorInfo source,
            String name,
            DataType dtype,
            Shape shape,
            boolean filled,
            Optional<TensorInfo> rest,
            List<Integer> axes) {
        this.input = input;
        this.source = source;
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
        this.filled = filled;
        this.rest = rest;
        this.axes = List.copyOf(axes);
    }

    /** Creates a tensor that is only renamed. */
    RewrittenTensor(int input, TensorInfo source, String name) {
        this(input, source, name, source.dtype(), source.shape(), false, Optional.empty(), List.of());
    }

    /**
     * {@return the index of the source checkpoint, from 0} First come the inputs, then the checkpoint to {@linkplain
     * GraphFit#fillFrom fill from} and the {@linkplain GraphFit#to(org.tfckpt.Checkpoint) template}.
     */
    public int input() {
        return input;
    }

    /** {@return the tensor in the source checkpoint} */
    public TensorInfo source() {
        return source;
    }

    /** {@return the new name} */
    public String name() {
        return name;
    }

    /** {@return the new dtype: that of the source unless the tensor is cast} */
    public DataType dtype() {
        return dtype;
    }

    /**
     * {@return the new shape: that of the source, unless the tensor is transposed or {@linkplain GraphFit#resize
     * resized}}
     */
    public Shape shape() {
        return shape;
    }

    /**
     * {@return whether the tensor comes from none of the inputs, but from the checkpoint to fill from or the template}
     */
    public boolean filled() {
        return filled;
    }

    /**
     * {@return the tensor in the checkpoint to fill from that contains the values outside of the overlap, if this
     * tensor is resized; empty if these values are zeros}
     */
    public Optional<TensorInfo> rest() {
        return rest;
    }

    /**
     * {@return for each axis of the new tensor, its axis in the source; empty if the order of the axes does not change}
     */
    public List<Integer> axes() {
        return axes;
    }

    /** {@return whether the names differ} */
    public boolean isRenamed() {
        return !name.equals(source.name());
    }

    /** {@return whether the dtypes differ, so that the values are cast} */
    public boolean isCast() {
        return dtype != source.dtype();
    }

    /** {@return whether the tensor gets another shape} */
    public boolean isResized() {
        return !shape.equals(permuted(source.shape(), axes));
    }

    /** {@return whether the order of the axes changes: {@link #axes()} is not empty} */
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
     * {@return a line of text, for example {@code input/DW (DT_FLOAT) [3,3] -> init/DW}; without an arrow if nothing
     * changes} A tensor that is resized or filled ends in {@code : resized, the rest is zeros}, {@code : resized, the
     * rest is filled} or {@code : filled}.
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
