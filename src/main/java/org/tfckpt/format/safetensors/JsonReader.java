package org.tfckpt.format.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;

/** Reads one JSON object strictly, in one pass. Everything unexpected is a {@link DataLossException}. */
final class JsonReader {
    private static final int SLOTS = 16;
    private static final int MAX_RECURRING = 12;
    private static final long TENTH_OF_MAX = Long.MAX_VALUE / 10;

    private final String file;
    private final long offset;
    private final byte[] text;
    private final int maxDepth;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    /** The last strings, by a hash code, and where they were read. */
    private final @Nullable String[] strings = new String[SLOTS];

    private final int[] starts = new int[SLOTS];
    private int at;
    private int depth;
    /** Whether no element of the innermost object or array was read. */
    private boolean isFirst;

    private @Nullable String tensor;

    private JsonReader(String file, long offset, byte[] text, int maxDepth) {
        this.file = file;
        this.offset = offset;
        this.text = text;
        this.maxDepth = maxDepth;
    }

    /**
     * Starts to read a text in UTF-8 that is a range of a file; deeper nesting than {@code maxDepth} is not accepted.
     */
    static JsonReader open(ByteSource source, long offset, int length, int maxDepth) throws IOException {
        source.requireRange(offset, length);
        // The NUL at the end is not valid anywhere, so no index needs to be compared with the length.
        byte[] text = new byte[length + 1];
        source.readInto(offset, ByteBuffer.wrap(text, 0, length));
        return new JsonReader(source.name(), offset, text, maxDepth);
    }

    /** Sets the tensor that messages name. */
    void tensor(@Nullable String name) {
        tensor = name;
    }

    DataLossException malformed(String problem, @Nullable Throwable cause) {
        ErrorContext place = ErrorContext.at(file, offset + at).ofTensor(tensor);
        return new DataLossException(ProblemKind.HEADER, "the header is not valid: " + problem, place, cause);
    }

    private DataLossException unexpected() {
        boolean atEnd = at == text.length - 1;
        return malformed(atEnd ? "the text ends too early" : "a character that JSON does not have there", null);
    }

    private DataLossException expected(String what) {
        return malformed("expected " + what, null);
    }

    /** Returns the next character that is not white space. */
    private int peek() {
        int next = text[at];
        while (next <= ' ' && (next == ' ' || next == '\n' || next == '\r' || next == '\t')) {
            next = text[++at];
        }
        return next;
    }

    private boolean enter(char bracket) throws DataLossException {
        if (peek() != bracket) {
            return false;
        }
        if (++depth > maxDepth) {
            throw malformed("a value is nested too deeply", null);
        }
        at++;
        isFirst = true;
        return true;
    }

    /** Moves to the next element of an object or array; returns false after the last one. */
    private boolean next(char bracket) throws DataLossException {
        int next = peek();
        if (next == bracket) {
            depth--;
            at++;
        } else if (!isFirst) {
            if (next != ',') {
                throw unexpected();
            }
            at++;
        }
        isFirst = false;
        return next != bracket;
    }

    /** Enters an object. */
    void beginObject(String what) throws DataLossException {
        if (!enter('{')) {
            throw expected(what);
        }
    }

    /** Enters an object; returns false if there is null instead. */
    boolean beginObjectOrNull(String what) throws DataLossException {
        if (peek() == 'n') {
            word("null");
            return false;
        }
        beginObject(what);
        return true;
    }

    /** Returns the next key of the object, or null at its end. */
    @Nullable
    String nextKey() throws DataLossException {
        if (!next('}')) {
            return null;
        }
        String key = string("a string as a key");
        if (peek() != ':') {
            throw unexpected();
        }
        at++;
        return key;
    }

    /** Returns the value, a string. */
    String string(String what) throws DataLossException {
        if (peek() != '"') {
            throw expected(what);
        }
        int start = at + 1;
        // A local index: writing the field for every character would take twice the time.
        int end = start;
        int next = text[end];
        while (next >= ' ' && next != '"' && next != '\\') {
            next = text[++end];
        }
        at = end;
        if (next != '"') {
            return decode(start);
        }
        at++;
        return ascii(start, end - start);
    }

    /** Keys and dtypes recur: each of them is one string, which is hashed once. */
    private String ascii(int start, int length) {
        if (length == 0 || length > MAX_RECURRING) {
            return new String(text, start, length, StandardCharsets.ISO_8859_1);
        }
        int slot = (31 * text[start] + length) % SLOTS;
        String known = strings[slot];
        int before = starts[slot];
        if (known == null
                || known.length() != length
                || !Arrays.equals(text, before, before + length, text, start, start + length)) {
            known = new String(text, start, length, StandardCharsets.ISO_8859_1);
            strings[slot] = known;
            starts[slot] = start;
        }
        return known;
    }

    /** Returns a string that has escape sequences or characters beyond ASCII. */
    private String decode(int start) throws DataLossException {
        StringBuilder string = new StringBuilder();
        int run = start;
        while (text[at] != '"') {
            if (text[at] == '\\') {
                string.append(utf8(run));
                at++;
                string.append(escaped());
                run = at;
            } else if (text[at] >= 0 && text[at] < ' ') {
                throw unexpected();
            } else {
                at++;
            }
        }
        String decoded = string.append(utf8(run)).toString();
        at++;
        if (!TensorNames.isUtf8(decoded)) {
            throw malformed("a string has half of a surrogate pair", null);
        }
        return decoded;
    }

    private CharSequence utf8(int start) throws DataLossException {
        try {
            return utf8.decode(ByteBuffer.wrap(text, start, at - start));
        } catch (CharacterCodingException e) {
            throw malformed("the text is not UTF-8", e);
        }
    }

    private char escaped() throws DataLossException {
        char kind = (char) text[at];
        char result = switch (kind) {
            case '"', '\\', '/' -> kind;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> 0;
            default -> throw unexpected();
        };
        at++;
        for (int i = 0; kind == 'u' && i < 4; i++) {
            int digit = Character.digit(text[at], 16);
            if (digit < 0) {
                throw unexpected();
            }
            result = (char) (result << 4 | digit);
            at++;
        }
        return result;
    }

    /** Reads an array of non-negative integers, and returns their count; those that do not fit are checked, too. */
    int numbers(long[] target, String what) throws DataLossException {
        if (!enter('[')) {
            throw expected(what);
        }
        int count = 0;
        while (next(']')) {
            long number = number(what);
            if (count < target.length) {
                target[count] = number;
            }
            count++;
        }
        return count;
    }

    /** A minus is refused even before 0, as by the reference implementation. */
    private long number(String what) throws DataLossException {
        int next = peek();
        int start = at;
        long number = 0;
        int end = at;
        while (next >= '0' && next <= '9') {
            boolean isLarge = number > TENTH_OF_MAX;
            number = number * 10 + (next - '0');
            if (isLarge || number < 0) {
                throw malformed("a number is larger than 2^63-1", null);
            }
            next = text[++end];
        }
        at = end;
        if (at == start || next == '.' || next == 'e' || next == 'E') {
            throw expected(what);
        }
        if (text[start] == '0' && at > start + 1) {
            throw malformed("a number begins with 0", null);
        }
        return number;
    }

    /** Skips the value, of any type. */
    void skip() throws DataLossException {
        switch (peek()) {
            case '{' -> {
                enter('{');
                while (nextKey() != null) {
                    skip();
                }
            }
            case '[' -> {
                enter('[');
                while (next(']')) {
                    skip();
                }
            }
            case '"' -> string("");
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> skipNumber();
        }
    }

    private void word(String word) throws DataLossException {
        for (int i = 0; i < word.length(); i++) {
            if (text[at] != word.charAt(i)) {
                throw unexpected();
            }
            at++;
        }
    }

    private void skipNumber() throws DataLossException {
        skipAnyOf("-");
        if (!skipAnyOf("0")) {
            skipDigits();
        }
        if (skipAnyOf(".")) {
            skipDigits();
        }
        if (skipAnyOf("eE")) {
            skipAnyOf("+-");
            skipDigits();
        }
    }

    private boolean skipAnyOf(String characters) {
        boolean found = characters.indexOf(text[at]) >= 0;
        at += found ? 1 : 0;
        return found;
    }

    private void skipDigits() throws DataLossException {
        int start = at;
        while (skipAnyOf("0123456789")) {
            // Counted by the position.
        }
        if (at == start) {
            throw unexpected();
        }
    }

    /** Requires that nothing but white space follows the object. */
    void end() throws DataLossException {
        if (peek() != 0 || at < text.length - 1) {
            throw malformed("more follows the object", null);
        }
    }
}
