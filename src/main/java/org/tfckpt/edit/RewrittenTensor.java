package org.tfckpt.edit;

import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * A tensor of the new checkpoint, and its source.
 *
 * @param input the index of the source checkpoint, from 0
 * @param source the tensor in the source checkpoint
 * @param name the new name
 * @param dtype the new dtype; that of the source unless it is cast
 */
public record RewrittenTensor(int input, TensorInfo source, String name, DataType dtype) {
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

    RewrittenTensor castTo(DataType newDtype) {
        return new RewrittenTensor(input, source, name, newDtype);
    }

    /**
     * Returns a line of text.
     *
     * @return for example {@code input/DW (DT_FLOAT) [3,3] -> init/DW}; without an arrow if nothing changes
     */
    @Override
    public String toString() {
        String to = (isRenamed() ? " " + TensorNames.printable(name) : "") + (isCast() ? " (" + dtype + ")" : "");
        return TensorNames.printable(source.toString()) + (to.isEmpty() ? "" : " ->" + to);
    }
}
