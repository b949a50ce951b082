package org.tfckpt.restore;

import java.util.Optional;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * Where one variable comes from, or why from nowhere.
 *
 * @param wanted the variable
 * @param tensorName the name looked for in the checkpoint: the variable's, after the mapping
 * @param outcome what becomes of it
 * @param tensor the tensor of that name; of an object-based checkpoint also the one whose variable has that full name.
 *     Nothing for one that is missing or excluded
 * @param exclusion the pattern that excluded it
 */
public record VariableSource(
        Wanted wanted,
        String tensorName,
        Outcome outcome,
        Optional<TensorInfo> tensor,
        Optional<NamePattern> exclusion) {

    /**
     * Whether there is a tensor, but of another shape.
     *
     * @return true only for {@link Outcome#MISMATCHED}
     */
    public boolean hasOtherShape() {
        return outcome == Outcome.MISMATCHED && tensor.filter(wanted::fitsShape).isEmpty();
    }

    /**
     * Whether there is a tensor, but of another dtype.
     *
     * @return true only for {@link Outcome#MISMATCHED}
     */
    public boolean hasOtherDtype() {
        return outcome == Outcome.MISMATCHED && tensor.filter(wanted::fitsDtype).isEmpty();
    }

    /**
     * What TensorFlow says when it fails to restore this variable.
     *
     * @return its words; empty for one that is matched or excluded
     */
    public String tensorFlowMessage() {
        if (outcome == Outcome.MISSING) {
            return "Key " + TensorNames.printable(tensorName) + " not found in checkpoint";
        }
        if (outcome != Outcome.MISMATCHED || tensor.isEmpty()) {
            return "";
        }
        TensorInfo found = tensor.get();
        if (hasOtherDtype()) {
            return "tensor_name = " + TensorNames.printable(found.name()) + "; expected dtype "
                    + wanted.dtype().shortName() + " does not equal original dtype "
                    + DataType.shortName(found.dtypeNumber());
        }
        String shape = Wanted.text(wanted.tensorShape());
        return wanted.reference()
                ? "Assign requires shapes of both tensors to match. lhs shape= " + shape + " rhs shape= "
                        + found.shape()
                : "Received incompatible tensor with shape " + PythonText.tuple(found.shape())
                        + " when attempting to restore variable with shape "
                        + wanted.tensorShape().map(PythonText::tuple).orElse("<unknown>") + " and name "
                        + TensorNames.printable(wanted.variable()) + ".";
    }

    /**
     * A line for this variable.
     *
     * @return for example {@code init/DW <- input/DW}, or what is wrong with it
     */
    @Override
    public String toString() {
        String variable = TensorNames.printable(wanted.variable());
        return switch (outcome) {
            case MATCHED ->
                variable + " <- "
                        + TensorNames.printable(tensor.map(TensorInfo::name).orElse(tensorName));
            case EXCLUDED ->
                variable + ": excluded by '"
                        + exclusion.map(NamePattern::toString).orElse("") + "'";
            case MISSING, MISMATCHED -> variable + ": " + tensorFlowMessage();
        };
    }
}
