package org.tfckpt.restore;

import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * A tensor that may restore a missing variable.
 *
 * @param name the name of the tensor, or the full name of its variable in an object-based checkpoint
 * @param tensor the tensor; no other variable uses it
 * @param fits whether the tensor has the shape and dtype of the variable
 */
public record Suggestion(String name, TensorInfo tensor, boolean fits) {
    /**
     * {@return the name, and the dtype and shape if they do not fit, for example {@code 'input/init_conv/DW'}, or
     * {@code 'logit/DW' (DT_FLOAT [32,10])}}
     */
    @Override
    public String toString() {
        String quoted = "'" + TensorNames.printable(name) + "'";
        return fits ? quoted : quoted + " (" + DataType.enumName(tensor.dtypeNumber()) + " " + tensor.shape() + ")";
    }
}
