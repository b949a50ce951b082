package org.tfckpt.graph.text;

import java.io.IOException;
import java.io.Reader;
import java.nio.CharBuffer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;

/**
 * The part of a text around the current position, and what can be read there: names, shapes and dtypes. A position is
 * an index into the window; it is valid until {@link #advance}. A method that reads something returns the position
 * after it, or {@link #NONE}.
 *
 * <p>Not thread-safe.
 */
final class TextWindow {
    static final int NONE = -1;

    /** The maximum length of a name. */
    static final int MAX_NAME = 4096;

    /** What is kept before the current position, for names that precede it. */
    private static final int BEHIND = 2 * MAX_NAME;

    /** What is read beyond the current position, if there is so much: enough for a variable and its shape. */
    private static final int AHEAD = 1 << 14;

    private static final int SIZE = 1 << 16;

    /** The size of a dimension, which cannot overflow, or an unknown one. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}+|\\?|None");

    private static final String SPACE = "[ \t\n]*+";

    /** Python 2 prints a long as 3L. */
    private static final String DIMENSION = "(?:Dimension\\((?:" + NUMBER + ")L?\\)|(?:" + NUMBER + ")L?)" + SPACE;

    private static final String MORE = "," + SPACE + DIMENSION;

    /** A list, or a tuple, in which one element has a comma. Both have at most {@link Shape#MAX_RANK} elements. */
    private static final Pattern SHAPE =
            Pattern.compile("\\[" + SPACE + "(?:" + DIMENSION + "(?:" + MORE + "){0,253})?\\]" + "|\\(" + SPACE + "(?:"
                    + DIMENSION + "," + SPACE + "(?:" + DIMENSION + "(?:" + MORE + "){0,252},?" + SPACE + ")?)?\\)");

    private static final Pattern SIZES = Pattern.compile("(?:(?:" + NUMBER + ")(?:x(?:" + NUMBER + ")){0,253})?\\)");

    private final Reader reader;
    private final TextInput.Cleaner cleaner = new TextInput.Cleaner();
    private final char[] chars = new char[SIZE];
    private final Matcher shapes = SHAPE.matcher(CharBuffer.wrap(chars));
    private final Matcher sizes = SIZES.matcher(CharBuffer.wrap(chars));
    private int end;
    private boolean ended;

    /** The shape that was read last; null if it is unknown. */
    private @Nullable Shape shape;

    /** The dtype that was read last; null if it is unknown. */
    private @Nullable Dtype dtype;

    /** The name that was read last. */
    private String name = "";

    TextWindow(Reader reader) {
        this.reader = reader;
    }

    /**
     * Makes sure that enough of the text after a position is in the window, and returns by how much positions have
     * become smaller.
     */
    int advance(int position) throws IOException {
        if (ended || end - position >= AHEAD) {
            return 0;
        }
        int shift = Math.max(0, position - BEHIND);
        System.arraycopy(chars, shift, chars, 0, end - shift);
        end -= shift;
        while (!ended && end < SIZE) {
            int count = reader.read(chars, end, SIZE - end);
            if (count < 0) {
                ended = true;
            } else {
                end = cleaner.clean(chars, end, end + count);
            }
        }
        return shift;
    }

    /**
     * Returns the next position at which something may begin: a character that is marked, or not ASCII, or the end of
     * what {@link #advance} has made sure of. A letter counts only at the beginning of a word.
     */
    int next(int position, boolean[] marks) {
        int limit = ended ? end : end - AHEAD;
        int at = position;
        char before = at(at - 1);
        while (at < limit) {
            char c = chars[at];
            if (c >= 128 || (marks[c] && !(isAsciiWord(c) && isWord(before)))) {
                break;
            }
            before = c;
            at++;
        }
        return at;
    }

    boolean isEnd(int position) {
        return position >= end;
    }

    /** Returns a character; 0 outside of the text. */
    char at(int position) {
        return position >= 0 && position < end ? chars[position] : 0;
    }

    String text(int from, int to) {
        return new String(chars, from, to - from);
    }

    boolean startsWith(String literal, int position) {
        if (position < 0 || end - position < literal.length()) {
            return false;
        }
        for (int i = 0; i < literal.length(); i++) {
            if (chars[position + i] != literal.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    @Nullable
    Shape shape() {
        return shape;
    }

    @Nullable
    Dtype dtype() {
        return dtype;
    }

    String name() {
        return name;
    }

    int skipBlanks(int position) {
        int at = position;
        while (at(at) == ' ' || at(at) == '\t') {
            at++;
        }
        return at;
    }

    /** Skips blanks and line breaks, as inside brackets. */
    int skipSpace(int position) {
        int at = position;
        while (at(at) == ' ' || at(at) == '\t' || at(at) == '\n') {
            at++;
        }
        return at;
    }

    static boolean isWord(char c) {
        return c == '_' || (c < 128 ? isAsciiWord(c) : Character.isLetterOrDigit(c));
    }

    private static boolean isAsciiWord(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c);
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    int word(int position) {
        int at = position;
        while (isWord(at(at)) && at - position < MAX_NAME) {
            at++;
        }
        return at == position ? NONE : at;
    }

    /** Reads a string literal of Python with its escapes: {@code 'w'}, {@code u"w"}. */
    int quoted(int position) {
        char prefix = at(position);
        int open = prefix == 'u' || prefix == 'b' ? position + 1 : position;
        char quote = at(open);
        if (quote != '\'' && quote != '"') {
            return NONE;
        }
        boolean escapes = false;
        for (int at = open + 1; at < end && at - open < MAX_NAME; at++) {
            char c = chars[at];
            if (c == '\\') {
                escapes = true;
                at++;
            } else if (c == quote) {
                name = text(open + 1, at);
                if (escapes) {
                    name = PythonEscapes.unescape(name, prefix == 'b');
                }
                return name.isEmpty() ? NONE : at + 1;
            } else if (c == '\n') {
                return NONE;
            }
        }
        return NONE;
    }

    /** Reads a dtype as TensorFlow, NumPy or PyTorch print it: {@code <dtype: 'float32_ref'>}, {@code tf.float32}. */
    int dtype(int position) {
        if (startsWith("<dtype: '", position)) {
            int close = knownDtype(position + 9);
            return close != NONE && startsWith("'>", close) ? close + 2 : NONE;
        }
        int from = position;
        for (String module : new String[] {"tf.", "torch.", "np.", "jnp."}) {
            from = startsWith(module, position) ? position + module.length() : from;
        }
        return knownDtype(from);
    }

    private int knownDtype(int position) {
        int close = word(position);
        dtype = close == NONE ? null : Dtype.of(text(position, close));
        return dtype == null ? NONE : close;
    }

    /** Reads a shape as Python prints it: {@code (3, ?)}, {@code [3, None]}, {@code TensorShape([Dimension(3)])}. */
    int shape(int position) {
        for (String type : new String[] {"TensorShape(", "torch.Size("}) {
            if (startsWith(type, position)) {
                int at = skipSpace(position + type.length());
                int close = startsWith("None", at) ? unknownShape(at + 4) : sizes(shapes, at);
                close = close == NONE ? NONE : skipSpace(close);
                return close != NONE && at(close) == ')' ? close + 1 : NONE;
            }
        }
        return startsWith("<unknown>", position) ? unknownShape(position + 9) : sizes(shapes, position);
    }

    private int unknownShape(int position) {
        shape = null;
        return position;
    }

    private int sizes(Matcher found, int position) {
        if (!found.region(Math.min(position, end), end).lookingAt()) {
            return NONE;
        }
        shape = Shape.of(NUMBER.matcher(found.group())
                .results()
                .map(MatchResult::group)
                .mapToLong(size -> isDigit(size.charAt(0)) ? Long.parseLong(size) : -1)
                .toArray());
        return found.end();
    }

    /** Reads {@code (float32_ref 5x5x1x32)}, as slim prints dtype and shape together. */
    int sizes(int position) {
        int at = at(position) == '(' ? knownDtype(position + 1) : NONE;
        if (at == NONE || at(at) != ' ') {
            return NONE;
        }
        return sizes(sizes, at + 1);
    }
}
