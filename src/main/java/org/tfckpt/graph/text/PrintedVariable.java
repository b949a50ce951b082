package org.tfckpt.graph.text;

import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/**
 * A variable as a text describes it.
 *
 * @param name the name, without {@code :0}
 * @param dtypeNumber the number of the dtype; 0 if the text does not state it
 * @param shape the shape, with -1 for an unknown dimension; null if the text does not state it
 * @param reference whether the text calls it a reference ({@code float32_ref})
 */
public record PrintedVariable(
        String name, int dtypeNumber, @Nullable Shape shape, boolean reference) {
    private static final String FIRST_OUTPUT = ":0";

    static PrintedVariable of(String printed, @Nullable Dtype dtype, @Nullable Shape shape) {
        return new PrintedVariable(
                nodeOf(printed), dtype == null ? 0 : dtype.number(), shape, dtype != null && dtype.reference());
    }

    /** Returns the name of the node whose first output is printed. */
    static String nodeOf(String printed) {
        return isFirstOutput(printed) ? printed.substring(0, printed.length() - FIRST_OUTPUT.length()) : printed;
    }

    static boolean isFirstOutput(String printed) {
        return printed.endsWith(FIRST_OUTPUT);
    }

    /** Returns dtype and shape, as far as they are known. */
    String description() {
        String type = dtypeNumber == 0 ? "" : DataType.enumName(dtypeNumber) + " ";
        return type + (shape == null ? "<unknown>" : shape.toString().replace("-1", "?"));
    }

    /** Returns whether the text states different shapes or dtypes for this variable and another. */
    boolean contradicts(PrintedVariable other) {
        return (shape != null && other.shape != null && !shape.equals(other.shape))
                || (dtypeNumber != 0 && other.dtypeNumber != 0 && dtypeNumber != other.dtypeNumber);
    }

    /** Returns this variable with what only another description of it states. */
    PrintedVariable withGapsFrom(PrintedVariable other) {
        return new PrintedVariable(
                name,
                dtypeNumber == 0 ? other.dtypeNumber : dtypeNumber,
                shape == null ? other.shape : shape,
                reference || other.reference);
    }
}
