package org.tfckpt.graph.text;

import org.jspecify.annotations.Nullable;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * A dict of names and shapes, as {@code get_variable_to_shape_map} of a checkpoint reader returns it. Each entry is a
 * form of its own, because a dict may be longer than the window. Not thread-safe.
 */
final class ShapeMap {
    private final TextWindow window;
    private final VariableList variables;
    private final NamedForms named;

    /** Whether the last form was an entry after which another one follows. */
    private boolean continues;

    /** Whether the place of the dict is that of a printed one. */
    private boolean isPrinted;

    ShapeMap(TextWindow window, VariableList variables, NamedForms named) {
        this.window = window;
        this.variables = variables;
        this.named = named;
    }

    /**
     * Recognises an entry at the quote of its name; returns the position after it, or {@link TextWindow#NONE}. An
     * ordinary dict has other values than shapes somewhere, or names that are not those of variables.
     */
    int entry(int at, int floor) throws UnsupportedFormatException {
        int start = window.at(at - 1) == 'u' ? at - 1 : at;
        int before = start - 1;
        while (before >= floor && isSpace(window.at(before))) {
            before--;
        }
        boolean first = window.at(before) == '{';
        if (!first && !(continues && before == floor && window.at(before) == ',')) {
            return TextWindow.NONE;
        }
        continues = false;
        int close = read(start);
        String name = window.name();
        Shape shape = window.shape();
        if (close == TextWindow.NONE || PrintedVariable.isFirstOutput(name)) {
            return TextWindow.NONE;
        }
        int end = window.skipSpace(close);
        int next = window.skipSpace(end + 1);
        continues = window.at(end) == ',' && read(next) != TextWindow.NONE;
        if (!continues && window.at(end) != '}') {
            // What looked like entries belongs to another dict.
            variables.otherLine();
            return TextWindow.NONE;
        }
        if (first) {
            if (named.isInSource(before, floor) || isNested(before) || follows(before, floor)) {
                continues = false;
                return TextWindow.NONE;
            }
            isPrinted = !named.isIndented(before);
        }
        add(name, shape);
        return close;
    }

    private void add(String name, @Nullable Shape shape) throws UnsupportedFormatException {
        if (!name.equals(ObjectKeys.OBJECT_GRAPH)) {
            boolean scoped = name.indexOf('/') > 0 && name.indexOf(' ') < 0 && !name.contains("//");
            variables.add(PrintedVariable.of(name, null, shape), "dict", scoped && isPrinted);
        }
    }

    /** Reads {@code 'w': [3, 4]}. JSON, which has the other quotes, is not printed by TensorFlow. */
    private int read(int position) {
        int open = window.at(position) == 'u' ? position + 1 : position;
        int close = window.at(open) == '\'' ? window.quoted(open) : TextWindow.NONE;
        return close != TextWindow.NONE && window.at(close) == ':'
                ? window.shape(window.skipSpace(close + 1))
                : TextWindow.NONE;
    }

    /** Returns whether a dict is the value of a key. */
    private boolean isNested(int open) {
        int at = open - 1;
        while (isSpace(window.at(at))) {
            at--;
        }
        return window.at(at) == ':' && (window.at(at - 1) == '\'' || window.at(at - 1) == '"');
    }

    /** Returns whether a form precedes a dict on its line: an error that prints what the checkpoint has instead. */
    private boolean follows(int open, int floor) {
        int at = open;
        while (at > floor && window.at(at - 1) == ' ') {
            at--;
        }
        return at == floor && at > 0 && window.at(at - 1) != '\n';
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n';
    }
}
