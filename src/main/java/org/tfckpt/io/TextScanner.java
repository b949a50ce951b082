package org.tfckpt.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * Reads the words of protobuf's text format from a file, through a small buffer: names, numbers, strings, signs.
 *
 * <p>What is passed over is not kept, however long it is; nesting costs a byte a level and no stack.
 */
final class TextScanner {
    private static final int BUFFER = 1 << 14;

    /** No name and no number of any message is longer. */
    private static final int LONGEST_WORD = 1 << 10;

    private final ByteSource source;
    private final long end;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
    private long bufferEnd;

    TextScanner(ByteSource source) throws IOException {
        this.source = source;
        this.end = source.size();
    }

    /** The byte at the cursor, −1 at the end of the file. */
    private int current() throws IOException {
        if (!buffer.hasRemaining()) {
            if (bufferEnd == end) {
                return -1;
            }
            buffer.clear().limit((int) Math.min(BUFFER, end - bufferEnd));
            source.readInto(bufferEnd, buffer);
            bufferEnd += buffer.flip().limit();
        }
        return buffer.get(buffer.position()) & 0xff;
    }

    /** The byte at the cursor, which moves on. */
    private int take() throws IOException {
        int c = current();
        if (c < 0) {
            throw failure("the end of the file comes too early");
        }
        buffer.get();
        return c;
    }

    /** The first byte that is neither blank nor comment, −1 at the end of the file; it stays. */
    int peek() throws IOException {
        for (int c = current(); ; c = current()) {
            if (c == '#') {
                for (; c >= 0 && c != '\n'; c = current()) {
                    buffer.get();
                }
            } else if (c == ' ' || (c >= '\t' && c <= '\r')) {
                buffer.get();
            } else {
                return c;
            }
        }
    }

    /** Passes a sign if it comes next. */
    boolean accept(char sign) throws IOException {
        if (peek() != sign) {
            return false;
        }
        buffer.get();
        return true;
    }

    void expect(char sign) throws IOException {
        if (!accept(sign)) {
            throw failure("'" + sign + "' should be here");
        }
    }

    /** A name or a number without its minus. */
    String word() throws IOException {
        peek();
        StringBuilder word = new StringBuilder();
        for (int c = current(); isWord(c); c = current()) {
            word.append((char) c);
            buffer.get();
            if (word.length() > LONGEST_WORD) {
                throw failure("a word is too long");
            }
        }
        if (word.isEmpty()) {
            throw failure("a name or a value should be here");
        }
        return word.toString();
    }

    private static boolean isWord(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '.'
                || c == '+'
                // Of an exponent; a minus in front of a number comes apart from it.
                || c == '-';
    }

    /** Whether a string comes next. */
    boolean atString() throws IOException {
        int c = peek();
        return c == '"' || c == '\'';
    }

    /** The bytes of a string, which may be written in several pieces. */
    byte[] string() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        do {
            int quote = take();
            for (int c = take(); c != quote; c = take()) {
                if (c == '\n') {
                    throw failure("a string does not end on its line");
                }
                if (c == '\\') {
                    escape(bytes);
                } else {
                    bytes.write(c);
                }
            }
        } while (atString());
        return bytes.toByteArray();
    }

    private void escape(ByteArrayOutputStream bytes) throws IOException {
        int c = take();
        switch (c) {
            case 'a' -> bytes.write(7);
            case 'b' -> bytes.write('\b');
            case 'f' -> bytes.write('\f');
            case 'n' -> bytes.write('\n');
            case 'r' -> bytes.write('\r');
            case 't' -> bytes.write('\t');
            case 'v' -> bytes.write(11);
            case '\\', '\'', '"', '?' -> bytes.write(c);
            case 'x', 'X' -> bytes.write(digits(16, 1, 2));
            case 'u' -> codePoint(bytes, digits(16, 4, 4));
            case 'U' -> codePoint(bytes, digits(16, 8, 8));
            default -> {
                int first = Character.digit(c, 8);
                if (first < 0) {
                    throw failure("an escape that there is not");
                }
                int value = first;
                for (int i = 0; i < 2 && Character.digit(current(), 8) >= 0; i++) {
                    value = value * 8 + Character.digit(take(), 8);
                }
                bytes.write(value);
            }
        }
    }

    private int digits(int radix, int least, int most) throws IOException {
        int value = 0;
        int count = 0;
        while (count < most && Character.digit(current(), radix) >= 0) {
            value = value * radix + Character.digit(take(), radix);
            count++;
        }
        if (count < least) {
            throw failure("an escape without its digits");
        }
        return value;
    }

    private void codePoint(ByteArrayOutputStream bytes, int codePoint) throws IOException {
        if (!Character.isValidCodePoint(codePoint)) {
            throw failure("an escape beyond Unicode");
        }
        bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
    }

    /** Passes the value of a field: a scalar, a message, or a list of either. */
    void skipValue() throws IOException {
        boolean colon = accept(':');
        byte[] open = new byte[16];
        int depth = 0;
        do {
            int c = peek();
            int closing = c == '{' ? '}' : c == '<' ? '>' : c == '[' ? ']' : -1;
            if (closing > 0) {
                buffer.get();
                open = depth == open.length ? Arrays.copyOf(open, 2 * depth) : open;
                open[depth++] = (byte) closing;
            } else if (depth > 0 && c == open[depth - 1]) {
                buffer.get();
                depth--;
            } else if (depth == 0 && !colon) {
                throw failure("':' or '{' should be here");
            } else if (c == '"' || c == '\'') {
                skipString();
            } else if (depth > 0 && (c == ':' || c == ',' || c == ';' || c == '/')) {
                // A slash: in the name of an extension.
                buffer.get();
            } else {
                if (word().equals("-")) {
                    word();
                }
            }
        } while (depth > 0);
    }

    private void skipString() throws IOException {
        do {
            int quote = take();
            for (int c = take(); c != quote; c = take()) {
                if (c == '\\') {
                    take();
                }
            }
        } while (atString());
    }

    /** What is wrong at the cursor. */
    DataLossException failure(String problem) {
        return new DataLossException(
                ProblemKind.ENTRY,
                "Not protobuf text: " + problem,
                ErrorContext.at(source.name(), bufferEnd - buffer.remaining()));
    }
}
