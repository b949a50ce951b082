package org.tfckpt.graph.text;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;

/**
 * A form of text: literal text with holes. {@code {name}} stands for a name, which may contain blanks, {@code {word}}
 * for a name without blanks, {@code {any}} for text that does not matter, {@code {shape}} and {@code {dtype}} for what
 * they say, and {@code {rest}} for the rest of the line. No hole except a shape extends over the end of a line.
 *
 * <p>Has the values of the last match. Not thread-safe.
 */
final class Template {
    private enum Hole {
        NAME,
        WORD,
        ANY,
        SHAPE,
        DTYPE,
        REST
    }

    /** A hole, the text after it, and where that text was searched for in vain. */
    private static final class Part {
        final Hole hole;
        final String after;

        /** The text after the hole does not occur between the start of the last search and this position. */
        int searched;

        Part(Hole hole, String after) {
            this.hole = hole;
            this.after = after;
        }
    }

    private final String start;
    private final List<Part> parts = new ArrayList<>();

    private String name = "";
    private String rest = "";
    private @Nullable Shape shape;
    private @Nullable Dtype dtype;

    Template(String form) {
        String[] pieces = form.split("\\{(?=[a-z]+\\})", -1);
        start = pieces[0];
        for (int i = 1; i < pieces.length; i++) {
            int close = pieces[i].indexOf('}');
            Hole hole = Hole.valueOf(pieces[i].substring(0, close).toUpperCase(java.util.Locale.ROOT));
            parts.add(new Part(hole, pieces[i].substring(close + 1)));
        }
    }

    /** Returns the text with which this form begins. */
    String start() {
        return start;
    }

    String name() {
        return name;
    }

    String rest() {
        return rest;
    }

    @Nullable
    Shape shape() {
        return shape;
    }

    @Nullable
    Dtype dtype() {
        return dtype;
    }

    /** Adapts to a window whose positions have become smaller. */
    void shift(int shift) {
        parts.forEach(part -> part.searched -= shift);
    }

    /** Matches the text at a position; returns the position after it, or {@link TextWindow#NONE}. */
    int match(TextWindow window, int position) {
        if (!window.startsWith(start, position)) {
            return TextWindow.NONE;
        }
        shape = null;
        dtype = null;
        int at = position + start.length();
        for (Part part : parts) {
            int close = fill(part, window, at);
            if (close == TextWindow.NONE || !window.startsWith(part.after, close)) {
                return TextWindow.NONE;
            }
            at = close + part.after.length();
        }
        return at;
    }

    private int fill(Part part, TextWindow window, int from) {
        switch (part.hole) {
            case SHAPE -> {
                int close = window.shape(from);
                shape = close == TextWindow.NONE ? null : window.shape();
                return close;
            }
            case DTYPE -> {
                int close = window.dtype(from);
                dtype = close == TextWindow.NONE ? null : window.dtype();
                // A dtype that is not known does not matter.
                return close == TextWindow.NONE ? unknownDtype(window, from) : close;
            }
            case REST -> {
                int close = endOfLine(window, from);
                rest = window.text(from, close).strip();
                return close;
            }
            default -> {
                int close = part.after.isEmpty() ? endOfWord(window, from) : search(part, window, from);
                if (close != TextWindow.NONE && part.hole != Hole.ANY) {
                    name = window.text(from, close).strip();
                    return name.isEmpty() ? TextWindow.NONE : close;
                }
                return close;
            }
        }
    }

    private static int unknownDtype(TextWindow window, int from) {
        return window.startsWith("<unknown>", from) ? from + 9 : window.word(from);
    }

    /** Finds the text after a hole. */
    private static int search(Part part, TextWindow window, int from) {
        int limit = from + TextWindow.MAX_NAME;
        int at = part.hole == Hole.WORD ? from : Math.max(from, part.searched);
        for (; at < limit; at++) {
            char c = window.at(at);
            if (window.startsWith(part.after, at)) {
                return at;
            }
            if (c == 0 || c == '\n' || (part.hole == Hole.WORD && c == ' ')) {
                break;
            }
        }
        part.searched = Math.max(part.searched, at);
        return TextWindow.NONE;
    }

    /** Returns the end of a name without blanks, without the full stop of a sentence. */
    private static int endOfWord(TextWindow window, int from) {
        int at = from;
        while (window.at(at) > ' ' && at - from < TextWindow.MAX_NAME) {
            at++;
        }
        int close = at > from && window.at(at - 1) == '.' ? at - 1 : at;
        return close == from ? TextWindow.NONE : close;
    }

    private static int endOfLine(TextWindow window, int from) {
        int at = from;
        while (window.at(at) != '\n' && window.at(at) != 0 && at - from < TextWindow.MAX_NAME) {
            at++;
        }
        return at;
    }
}
