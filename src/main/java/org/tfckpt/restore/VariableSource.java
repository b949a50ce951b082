package org.tfckpt.restore;

import java.util.List;
import java.util.Optional;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * The tensor that restores a variable, or the reason why none does.
 *
 * @param wanted the variable
 * @param name the name that is mapped: the saved name of the variable, or one of the kind in
 *     {@link Comparison#names()}
 * @param tensorName the name looked for in the checkpoint: {@code name} after the mapping
 * @param outcome the result
 * @param tensor the tensor with that name or, in an object-based checkpoint, of the variable with that full name; empty
 *     if the variable is missing or excluded
 * @param exclusion the pattern that excluded the variable; empty if it is excluded as state of an optimizer
 */
public record VariableSource(
        Wanted wanted,
        String name,
        String tensorName,
        Outcome outcome,
        Optional<TensorInfo> tensor,
        Optional<NamePattern> exclusion) {

    /** {@return whether the tensor has another shape than the variable; only for {@link Outcome#MISMATCHED}} */
    public boolean hasOtherShape() {
        return outcome == Outcome.MISMATCHED && tensor.filter(wanted::fitsShape).isEmpty();
    }

    /** {@return whether the tensor has another dtype than the variable; only for {@link Outcome#MISMATCHED}} */
    public boolean hasOtherDtype() {
        return outcome == Outcome.MISMATCHED && tensor.filter(wanted::fitsDtype).isEmpty();
    }

    /**
     * Returns the order of axes that would give the tensor the shape of the variable, such as that of a transposed
     * matrix.
     *
     * @return for each axis of the variable, its axis in the tensor, where axes of size 1 may be missing; empty if the
     *     tensor fits, if there is no order, or if several orders are possible
     */
    public Optional<List<Integer>> transposition() {
        return hasOtherShape() && !hasOtherDtype()
                ? tensor.flatMap(found -> AxisOrder.of(wanted, found))
                : Optional.empty();
    }

    /**
     * {@return the error that TensorFlow reports when it restores this variable, such as "Key … not found in
     * checkpoint"; empty if the variable is matched or excluded}
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

    /** {@return one line about this variable, for example {@code init/DW <- input/DW}, or the problem} */
    @Override
    public String toString() {
        String variable = TensorNames.printable(wanted.variable());
        return switch (outcome) {
            case MATCHED ->
                variable + " <- "
                        + TensorNames.printable(tensor.map(TensorInfo::name).orElse(tensorName));
            case EXCLUDED ->
                variable + ": "
                        + exclusion
                                .map(pattern -> "excluded by '" + pattern + "'")
                                .orElse("state of an optimizer");
            case MISSING, MISMATCHED -> variable + ": " + tensorFlowMessage();
        };
    }
}
