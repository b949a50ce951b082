package org.tfckpt.graph.text;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.LongList;
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

    /** The number of digits that cannot overflow. */
    private static final int MAX_DIGITS = 18;

    private static final String DIMENSION = "Dimension(";

    private final Reader reader;
    private final TextInput.Cleaner cleaner = new TextInput.Cleaner();
    private final char[] chars = new char[SIZE];
    private int end;
    private boolean ended;

    /** The shape that was read last; null if it is unknown. */
    private @Nullable Shape shape;

    /** The dtype that was read last; null if it is unknown. */
    private @Nullable Dtype dtype;

    /** The name that was read last. */
    private String name = "";

    /** The dimension that was read last. */
    private long size;

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
                int close = startsWith("None", at) ? unknownShape(at + 4) : dimensions(at);
                close = close == NONE ? NONE : skipSpace(close);
                return close != NONE && at(close) == ')' ? close + 1 : NONE;
            }
        }
        return startsWith("<unknown>", position) ? unknownShape(position + 9) : dimensions(position);
    }

    private int unknownShape(int position) {
        shape = null;
        return position;
    }

    private int dimensions(int position) {
        char open = at(position);
        if (open != '(' && open != '[') {
            return NONE;
        }
        char close = open == '(' ? ')' : ']';
        LongList sizes = new LongList();
        boolean comma = false;
        int at = skipSpace(position + 1);
        while (at(at) != close) {
            if (sizes.size() == Shape.MAX_RANK || (sizes.size() > 0 && !comma)) {
                return NONE;
            }
            int next = dimension(at);
            if (next == NONE) {
                return NONE;
            }
            sizes.add(size);
            at = skipSpace(next);
            comma = at(at) == ',';
            at = comma ? skipSpace(at + 1) : at;
        }
        // A tuple of one element has a comma, a list has none after the last element.
        if (open == '(' ? sizes.size() == 1 && !comma : comma) {
            return NONE;
        }
        shape = Shape.of(sizes.toArray());
        return at + 1;
    }

    private int dimension(int position) {
        boolean wrapped = startsWith(DIMENSION, position);
        int close = number(wrapped ? position + DIMENSION.length() : position);
        return !wrapped || close == NONE ? close : at(close) == ')' ? close + 1 : NONE;
    }

    private int number(int position) {
        if (at(position) == '?' || startsWith("None", position)) {
            size = -1;
            return position + (at(position) == '?' ? 1 : 4);
        }
        int at = position;
        long value = 0;
        while (isDigit(at(at)) && at - position < MAX_DIGITS) {
            value = 10 * value + at(at) - '0';
            at++;
        }
        size = value;
        // Python 2 prints a long as 3L.
        int after = at(at) == 'L' ? at + 1 : at;
        return at == position || isWord(at(after)) ? NONE : after;
    }

    /** Reads {@code (float32_ref 5x5x1x32)}, as slim prints dtype and shape together. */
    int sizes(int position) {
        int at = at(position) == '(' ? knownDtype(position + 1) : NONE;
        if (at == NONE || at(at) != ' ') {
            return NONE;
        }
        int from = at + 1;
        int close = from;
        while (at(close) != ')') {
            char c = at(close);
            if (!isDigit(c) && c != 'x' && c != '?' && "None".indexOf(c) < 0) {
                return NONE;
            }
            close++;
        }
        String[] texts = from == close ? new String[0] : text(from, close).split("x", -1);
        if (texts.length > Shape.MAX_RANK) {
            return NONE;
        }
        long[] sizes = new long[texts.length];
        for (int i = 0; i < sizes.length; i++) {
            boolean number = texts[i].matches("[0-9]{1,18}");
            if (!number && !texts[i].equals("?") && !texts[i].equals("None")) {
                return NONE;
            }
            sizes[i] = number ? Long.parseLong(texts[i]) : -1;
        }
        shape = Shape.of(sizes);
        return close + 1;
    }
}
