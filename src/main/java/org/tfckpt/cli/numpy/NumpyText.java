package org.tfckpt.cli.numpy;

import java.io.IOException;

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
    private final Appendable out;

    private NumpyText(ArrayValues values, PrintOptions options, Appendable out) throws IOException {
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
    public static void print(ArrayValues values, PrintOptions options, Appendable out) throws IOException {
        if (values.shape().rank() == 0) {
            ElementFormat format = ElementFormat.ofScalar(values.dtype());
            ElementRun.forEach(values, 0, 1, (run, i) -> out.append(format.text(run, i)));
        } else if (values.shape().elements() == 0) {
            out.append("[]");
        } else {
            new NumpyText(values, options, out).printAxis(0, 0);
        }
    }

    /** Returns the text as a string. */
    public static String of(ArrayValues values, PrintOptions options) throws IOException {
        StringBuilder text = new StringBuilder();
        print(values, options, text);
        return text.toString();
    }

    private void printAxis(int axis, long start) throws IOException {
        if (axis == shown.rank() - 1) {
            new Row(axis).print(start);
            return;
        }
        String separator = "\n".repeat(shown.rank() - axis - 1) + " ".repeat(axis + 1);
        out.append('[');
        long leading = shown.leading(axis);
        for (long i = 0; i < leading; i++) {
            printAxis(axis + 1, start + i * shown.stride(axis));
            out.append(separator);
        }
        if (shown.isCut(axis)) {
            out.append(DOTS).append(separator);
        }
        for (long i = shown.trailing(axis); i < shown.length(axis); i++) {
            printAxis(axis + 1, start + i * shown.stride(axis));
            out.append(i + 1 < shown.length(axis) ? separator : "");
        }
        out.append(']');
    }

    /** Prints the elements along the last axis, with line breaks before the line width. */
    private final class Row {
        private final int axis;
        private final int indent;
        private final int width;
        private final StringBuilder line = new StringBuilder();
        private boolean isFirst = true;

        Row(int axis) {
            this.axis = axis;
            this.indent = axis + 1;
            // NumPy reserves space for the closing brackets.
            this.width = lineWidth - axis - 1;
        }

        void print(long start) throws IOException {
            out.append('[');
            ElementRun.forEach(values, start, start + shown.leading(axis), this::add);
            if (shown.isCut(axis)) {
                add(DOTS);
            }
            ElementRun.forEach(values, start + shown.trailing(axis), start + shown.length(axis), this::add);
            out.append(line).append(']');
        }

        private void add(ElementRun run, int index) throws IOException {
            add(format.text(run, index));
        }

        private void add(String word) throws IOException {
            if (!isFirst) {
                line.append(' ');
            }
            isFirst = false;
            // Each line has at least one element.
            if (line.length() > 0 && indent + line.length() + word.length() > width) {
                out.append(line.toString().stripTrailing()).append('\n').append(" ".repeat(indent));
                line.setLength(0);
            }
            line.append(word);
        }
    }
}
