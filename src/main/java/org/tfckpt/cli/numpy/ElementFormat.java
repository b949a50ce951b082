package org.tfckpt.cli.numpy;

import java.io.IOException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/** Formats the elements of an array, padded to the same width or unpadded. */
@FunctionalInterface
interface ElementFormat {
    String text(ElementRun run, int index) throws IOException;

    /**
     * Returns the format for arrays of rank 1 or more.
     *
     * @throws IllegalArgumentException if NumPy has no values of the dtype
     */
    static ElementFormat ofArray(DataType dtype, ShownElements shown, PrintOptions options) throws IOException {
        return switch (dtype) {
            case DT_BOOL -> (run, i) -> run.truth(i) ? " True" : "False";
            case DT_HALF -> floats(shown, FloatKind.HALF, options);
            case DT_FLOAT -> floats(shown, FloatKind.SINGLE, options);
            case DT_DOUBLE -> floats(shown, FloatKind.DOUBLE, options);
            case DT_COMPLEX64 -> complex(shown, FloatKind.SINGLE, options);
            case DT_COMPLEX128 -> complex(shown, FloatKind.DOUBLE, options);
            case DT_INT4, DT_UINT4, DT_INT2, DT_UINT2 -> ofScalar(dtype);
            default -> Elements.isInteger(dtype) ? integers(dtype, shown) : ofScalar(dtype);
        };
    }

    /**
     * Returns the format for scalars, and for arrays that NumPy does not align: strings and the dtypes of ml_dtypes.
     *
     * @throws IllegalArgumentException if NumPy has no values of the dtype
     */
    static ElementFormat ofScalar(DataType dtype) {
        return switch (dtype) {
            case DT_BOOL -> (run, i) -> run.truth(i) ? "True" : "False";
            case DT_STRING -> (run, i) -> PythonBytes.literal(run.string(i));
            case DT_HALF -> (run, i) -> FloatFormat.scalar(run.number(i), FloatKind.HALF, true);
            case DT_FLOAT -> (run, i) -> FloatFormat.scalar(run.number(i), FloatKind.SINGLE, true);
            case DT_DOUBLE -> (run, i) -> FloatFormat.scalar(run.number(i), FloatKind.DOUBLE, true);
            case DT_COMPLEX64 -> (run, i) -> complexScalar(run.number(i), run.imaginary(i), FloatKind.SINGLE);
            case DT_COMPLEX128 -> (run, i) -> complexScalar(run.number(i), run.imaginary(i), FloatKind.DOUBLE);
            default -> {
                if (Elements.isInteger(dtype)) {
                    yield (run, i) -> integer(dtype, run.integer(i));
                }
                if (Elements.fitsFloat(dtype)) {
                    yield (run, i) -> FloatFormat.sixDigits(run.number(i));
                }
                throw new IllegalArgumentException("NumPy has no values of " + dtype);
            }
        };
    }

    private static String integer(DataType dtype, long value) {
        return dtype == DataType.DT_UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }

    private static ElementFormat integers(DataType dtype, ShownElements shown) throws IOException {
        int[] width = {0};
        shown.forEach((run, i) ->
                width[0] = Math.max(width[0], integer(dtype, run.integer(i)).length()));
        return (run, i) -> {
            String text = integer(dtype, run.integer(i));
            return " ".repeat(Math.max(0, width[0] - text.length())) + text;
        };
    }

    private static ElementFormat floats(ShownElements shown, FloatKind kind, PrintOptions options) throws IOException {
        FloatFormat format = new FloatFormat(numbers(shown), kind, options.sign(), options);
        return (run, i) -> format.text(run.number(i));
    }

    private static FloatFormat.Sample numbers(ShownElements shown) {
        return consumer -> shown.forEach((run, i) -> consumer.accept(run.number(i)));
    }

    private static ElementFormat complex(ShownElements shown, FloatKind kind, PrintOptions options) throws IOException {
        FloatFormat real = new FloatFormat(numbers(shown), kind, options.sign(), options);
        FloatFormat imaginary = new FloatFormat(
                consumer -> shown.forEach((run, i) -> consumer.accept(run.imaginary(i))), kind, '+', options);
        return (run, i) -> {
            String text = imaginary.text(run.imaginary(i));
            String number = text.stripTrailing();
            return real.text(run.number(i)) + number + 'j' + text.substring(number.length());
        };
    }

    private static String complexScalar(double real, double imaginary, FloatKind kind) {
        String text = FloatFormat.scalar(imaginary, kind, false) + "j";
        if (Double.doubleToRawLongBits(real) == 0) {
            return text;
        }
        return "(" + FloatFormat.scalar(real, kind, false) + (text.startsWith("-") ? "" : "+") + text + ")";
    }
}
