package org.tfckpt.edit;

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
 */
public record RewrittenTensor(
        int input,
        TensorInfo source,
        String name,
        DataType dtype,
        Shape shape,
        boolean filled,
        Optional<TensorInfo> rest) {
    /** Creates a tensor that is only renamed. */
    RewrittenTensor(int input, TensorInfo source, String name) {
        this(input, source, name, source.dtype(), source.shape(), false, Optional.empty());
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
        return !shape.equals(source.shape());
    }

    RewrittenTensor from(TensorInfo newSource) {
        return new RewrittenTensor(input, newSource, name, dtype, shape, filled, rest);
    }

    RewrittenTensor castTo(DataType newDtype) {
        return new RewrittenTensor(input, source, name, newDtype, shape, filled, rest);
    }

    RewrittenTensor asFilled() {
        return new RewrittenTensor(input, source, name, dtype, shape, true, rest);
    }

    RewrittenTensor resizedTo(Shape newShape, Optional<TensorInfo> newRest) {
        return new RewrittenTensor(input, source, name, dtype, newShape, filled, newRest);
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
                + (isResized() ? " " + shape : "");
        String how = isResized()
                ? ": resized, the rest is " + (rest.isPresent() ? "filled" : "zeros")
                : filled ? ": filled" : "";
        return TensorNames.printable(source.toString()) + (to.isEmpty() ? "" : " ->" + to) + how;
    }
}
