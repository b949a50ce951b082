package org.tfckpt.edit;

import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * A tensor of the checkpoint to come, and what it comes from.
 *
 * @param input which of the checkpoints, from 0
 * @param source the tensor there
 * @param name the name to come
 * @param dtype the dtype to come: the source's, unless it is cast
 */
public record RewrittenTensor(int input, TensorInfo source, String name, DataType dtype) {
    /**
     * Whether it gets another name.
     *
     * @return true if it does
     */
    public boolean isRenamed() {
        return !name.equals(source.name());
    }

    /**
     * Whether its values get another dtype.
     *
     * @return true if they do
     */
    public boolean isCast() {
        return dtype != source.dtype();
    }

    /** One that comes in the place of another of its name. */
    RewrittenTensor as(DataType other) {
        return new RewrittenTensor(input, source, name, other);
    }

    /**
     * A line for this tensor.
     *
     * @return for example {@code input/DW (DT_FLOAT) [3,3] -> init/DW}; a tensor that stays as it is has no arrow
     */
    @Override
    public String toString() {
        String to = (isRenamed() ? " " + TensorNames.printable(name) : "") + (isCast() ? " (" + dtype + ")" : "");
        return TensorNames.printable(source.toString()) + (to.isEmpty() ? "" : " ->" + to);
    }
}
