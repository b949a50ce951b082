package org.tfckpt.restore;

import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * A tensor that a missing variable may come from.
 *
 * @param name the name to look for: the tensor's, or the full name of its variable in an object-based checkpoint
 * @param tensor the tensor; no other variable uses it
 * @param fits whether shape and dtype are those wanted
 */
public record Suggestion(String name, TensorInfo tensor, boolean fits) {
    /**
     * The name, and what does not fit.
     *
     * @return for example {@code 'input/init_conv/DW'}, or {@code 'logit/DW' (DT_FLOAT [32,10])}
     */
    @Override
    public String toString() {
        String quoted = "'" + TensorNames.printable(name) + "'";
        return fits ? quoted : quoted + " (" + DataType.enumName(tensor.dtypeNumber()) + " " + tensor.shape() + ")";
    }
}
