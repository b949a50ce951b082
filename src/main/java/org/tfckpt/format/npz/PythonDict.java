package org.tfckpt.format.npz;

import java.util.HashMap;
import java.util.Map;
import org.tfckpt.io.LongList;
import org.tfckpt.tensor.Shape;

/**
 * Parses the header of an npy file: the literal of a Python dictionary whose values are strings, booleans, tuples of
 * integers, or lists. Lists are not parsed, only skipped. Nothing is evaluated.
 */
final class PythonDict {
    private final String text;
    /** Whether integers may end with {@code L}, as Python 2 wrote them. */
    private final boolean python2;

    private int at;

    private PythonDict(String text, boolean python2) {
        this.text = text;
        this.python2 = python2;
    }

    /** Thrown for text that is not such a literal. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1;

        SyntaxException(String message) {
            super(message);
        }
    }

    /** A list, as it is written. */
    record Skipped(String text) {}

    /**
     * Parses a dictionary; returns for each key a {@link String}, a {@link Boolean}, a {@link Shape} or a {@link
     * Skipped}.
     */
    static Map<String, Object> parse(String text, boolean python2) throws SyntaxException {
        PythonDict parser = new PythonDict(text, python2);
        Map<String, Object> entries = parser.dictionary();
        parser.blank();
        if (parser.at != text.length()) {
            throw parser.unexpected("the end of the header");
        }
        return entries;
    }

    private Map<String, Object> dictionary() throws SyntaxException {
        Map<String, Object> entries = new HashMap<>();
        expect('{');
        while (!accept('}')) {
            String key = string();
            expect(':');
            if (entries.put(key, value()) != null) {
                throw new SyntaxException("the key '" + key + "' appears twice");
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        return entries;
    }

    private Object value() throws SyntaxException {
        blank();
        if (text.startsWith("True", at)) {
            at += "True".length();
            return true;
        }
        if (text.startsWith("False", at)) {
            at += "False".length();
            return false;
        }
        return switch (peek()) {
            case '(' -> tuple();
            case '[' -> list();
            default -> string();
        };
    }

    private Shape tuple() throws SyntaxException {
        LongList numbers = new LongList();
        boolean comma = false;
        expect('(');
        while (!accept(')')) {
            if (numbers.size() > 0 && !comma) {
                throw unexpected("',' or ')'");
            }
            numbers.add(integer());
            comma = accept(',');
        }
        if (numbers.size() == 1 && !comma) {
            throw new SyntaxException("a tuple of one number needs a comma");
        }
        return Shape.of(numbers.toArray());
    }

    private long integer() throws SyntaxException {
        blank();
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        if (at == start || (text.charAt(start) == '0' && at > start + 1)) {
            throw unexpected("an integer that is not negative");
        }
        long number;
        try {
            number = Long.parseLong(text, start, at, 10);
        } catch (NumberFormatException e) {
            throw new SyntaxException("an integer is beyond 2^63");
        }
        if (python2 && peek() == 'L') {
            at++;
        }
        return number;
    }

    /** A string of printable characters. An escape would be written only for characters that no key or dtype has. */
    private String string() throws SyntaxException {
        blank();
        char quote = peek();
        if (quote != '\'' && quote != '"') {
            throw unexpected("a string");
        }
        int start = ++at;
        while (peek() != quote) {
            if (peek() < ' ' || peek() == '\\') {
                throw unexpected("the end of a string");
            }
            at++;
        }
        return text.substring(start, at++);
    }

    private Skipped list() throws SyntaxException {
        int start = at;
        int depth = 0;
        do {
            char next = peek();
            switch (next) {
                case '[', '(' -> depth++;
                case ']', ')' -> depth--;
                case 0 -> throw unexpected("the end of a list");
                default -> {}
            }
            if (next == '\'' || next == '"') {
                skipString(next);
            } else {
                at++;
            }
        } while (depth > 0);
        return new Skipped(text.substring(start, at));
    }

    /** Names of fields may have escapes. */
    private void skipString(char quote) throws SyntaxException {
        at++;
        while (peek() != quote) {
            if (peek() == 0) {
                throw unexpected("the end of a string");
            }
            at += peek() == '\\' ? 2 : 1;
        }
        at++;
    }

    private void blank() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\t' || peek() == '\r') {
            at++;
        }
    }

    private boolean accept(char wanted) {
        blank();
        boolean found = peek() == wanted;
        at += found ? 1 : 0;
        return found;
    }

    private void expect(char wanted) throws SyntaxException {
        if (!accept(wanted)) {
            throw unexpected("'" + wanted + "'");
        }
    }

    /** Returns the next character, 0 at the end. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private SyntaxException unexpected(String wanted) {
        return new SyntaxException("expected " + wanted + " at character " + at);
    }
}
