package org.tfckpt.cli.numpy;

import java.io.IOException;
import org.apache.commons.io.function.IOConsumer;

/**
 * Prints an array as {@code print(array)} of NumPy 1.24 does, without the final line break.
 *
 * <p>Elements that are not shown are not read, so a tensor larger than memory can be summarised. Output is written line
 * by line.
 */
public final class NumpyText {
    private static final String DOTS = "...";

    private final ArrayValues values;
    private final ShownElements shown;
    private final ElementFormat format;
    private final int lineWidth;
    private final IOConsumer<String> out;

    private NumpyText(ArrayValues values, PrintOptions options, IOConsumer<String> out) throws IOException {
        this.values = values;
        this.shown = new ShownElements(values, options);
        this.format = ElementFormat.ofArray(values.dtype(), shown, options);
        this.lineWidth = options.linewidth();
        this.out = out;
    }

    /**
     * Prints an array or a scalar.
     *
     * @throws IOException if it cannot be read or written
     * @throws IllegalArgumentException if NumPy has no values of the dtype or, with NumPy's message, an option is
     *     invalid
     */
    public static void print(ArrayValues values, PrintOptions options, IOConsumer<String> out) throws IOException {
        if (values.shape().rank() == 0) {
            ElementFormat format = ElementFormat.ofScalar(values.dtype());
            ElementRun.forEach(values, 0, 1, (run, i) -> out.accept(format.text(run, i)));
        } else if (values.shape().elements() == 0) {
            out.accept("[]");
        } else {
            new NumpyText(values, options, out).printAxis(0, 0);
        }
    }

    private void printAxis(int axis, long start) throws IOException {
        if (axis == shown.rank() - 1) {
            new Row(axis + 1).print(axis, start);
            return;
        }
        String separator = "\n".repeat(shown.rank() - axis - 1) + " ".repeat(axis + 1);
        out.accept("[");
        long leading = shown.leading(axis);
        for (long i = 0; i < leading; i++) {
            printAxis(axis + 1, start + i * shown.stride(axis));
            out.accept(separator);
        }
        if (shown.isCut(axis)) {
            out.accept(DOTS + separator);
        }
        for (long i = shown.trailing(axis); i < shown.length(axis); i++) {
            printAxis(axis + 1, start + i * shown.stride(axis));
            out.accept(i + 1 < shown.length(axis) ? separator : "");
        }
        out.accept("]");
    }

    /** Prints the elements along the last axis, with line breaks before the line width. */
    private final class Row {
        private final int indent;
        private final StringBuilder line = new StringBuilder();
        private boolean isFirst = true;

        Row(int indent) {
            this.indent = indent;
        }

        void print(int axis, long start) throws IOException {
            out.accept("[");
            ElementRun.forEach(values, start, start + shown.leading(axis), this::add);
            if (shown.isCut(axis)) {
                add(DOTS);
            }
            ElementRun.forEach(values, start + shown.trailing(axis), start + shown.length(axis), this::add);
            out.accept(line + "]");
        }

        private void add(ElementRun run, int index) throws IOException {
            add(format.text(run, index));
        }

        private void add(String word) throws IOException {
            if (!isFirst) {
                line.append(' ');
            }
            isFirst = false;
            // Each line has at least one element. NumPy reserves space for the closing brackets, as many as the indent.
            if (line.length() > 0 && line.length() + word.length() > lineWidth - 2 * indent) {
                out.accept(line.toString().stripTrailing() + "\n" + " ".repeat(indent));
                line.setLength(0);
            }
            line.append(word);
        }
    }
}
