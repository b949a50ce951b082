package org.tfckpt.graph.text;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;

/**
 * The shape and dtype that follow a name, in any order, separated by blanks, punctuation or words such as "shape". Has
 * the values that were read last. Not thread-safe.
 */
final class Details {
    private static final String UNKNOWN = "<unknown>";
    private static final Set<String> WORDS = Set.of("shape", "Shape", "dtype", "type", "size", "with", "of", "has");
    private static final int MAX_BETWEEN = 512;
    private static final int MAX_ITEMS = 3;

    private final TextWindow window;

    private @Nullable Shape shape;
    private @Nullable Dtype dtype;
    private boolean hasShape;

    /** Whether what was read cannot be prose. */
    private boolean evident;

    private boolean isTyped;

    Details(TextWindow window) {
        this.window = window;
    }

    @Nullable
    Shape shape() {
        return shape;
    }

    @Nullable
    Dtype dtype() {
        return dtype;
    }

    /** Returns whether the shape is an object of TensorFlow: {@code TensorShape([3])}. */
    boolean isTensorShape() {
        return isTyped;
    }

    /** Returns whether the dtype, if any, or a scalar shape makes prose unlikely. */
    boolean isTypedOrScalar() {
        return dtype != null || (shape != null && shape.rank() == 0);
    }

    private void clear() {
        shape = null;
        dtype = null;
        hasShape = false;
        evident = false;
        isTyped = false;
    }

    /** Reads what follows a name. Returns the end, or {@link TextWindow#NONE} if no shape or dtype follows. */
    int read(int position) {
        clear();
        int at = position;
        for (int i = 0; i < MAX_ITEMS; i++) {
            int from = between(at);
            int close = from == TextWindow.NONE ? TextWindow.NONE : item(from);
            if (close == TextWindow.NONE) {
                break;
            }
            if (TextWindow.isWord(window.at(close))) {
                return TextWindow.NONE;
            }
            at = close;
        }
        return evident ? at : TextWindow.NONE;
    }

    /** Reads the other elements of a tuple after its name. Returns the position of what ends them. */
    int readElements(int position) {
        clear();
        int at = window.skipSpace(position);
        for (int i = 0; i < MAX_ITEMS && window.at(at) == ','; i++) {
            int close = item(window.skipSpace(at + 1));
            if (close == TextWindow.NONE) {
                break;
            }
            at = window.skipSpace(close);
        }
        return hasShape ? at : TextWindow.NONE;
    }

    private int item(int at) {
        int both = window.sizes(at);
        if (both != TextWindow.NONE) {
            return took(both, true, true);
        }
        if (window.startsWith(UNKNOWN, at)) {
            // It is a dtype, unless a shape follows.
            evident = true;
            return at + UNKNOWN.length();
        }
        int close = hasShape ? TextWindow.NONE : window.shape(at);
        if (close != TextWindow.NONE) {
            isTyped = window.at(at) == 'T';
            return took(close, true, false);
        }
        close = dtype != null ? TextWindow.NONE : window.dtype(at);
        if (close != TextWindow.NONE) {
            evident |= window.at(at) == '<' || window.startsWith("DT_", at);
            return took(close, false, true);
        }
        return TextWindow.NONE;
    }

    private int took(int close, boolean withShape, boolean withDtype) {
        if (withShape) {
            shape = window.shape();
            hasShape = true;
            evident = true;
        }
        if (withDtype) {
            dtype = window.dtype();
        }
        return close;
    }

    /** Skips what may stand between a name and its details; there must be something. */
    private int between(int position) {
        int at = position;
        while (at - position < MAX_BETWEEN) {
            char c = window.at(at);
            if (isSeparator(c) || (c == '>' && at > position)) {
                at++;
            } else if (TextWindow.isWord(c) && !TextWindow.isDigit(c)) {
                int close = window.word(at);
                if (close == TextWindow.NONE || !WORDS.contains(window.text(at, close))) {
                    return at == position ? TextWindow.NONE : at;
                }
                at = close;
            } else {
                return at == position ? TextWindow.NONE : at;
            }
        }
        return TextWindow.NONE;
    }

    static boolean isSeparator(char c) {
        return switch (c) {
            case ' ', '\t', ',', ':', ';', '|', '=', '-' -> true;
            default -> false;
        };
    }
}
