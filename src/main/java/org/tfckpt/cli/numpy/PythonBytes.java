package org.tfckpt.cli.numpy;

/** Strings and bytes as Python writes them in a program. */
final class PythonBytes {
    private PythonBytes() {}

    /** A literal of {@code bytes}, such as {@code b'x\x00'}. */
    static String literal(byte[] bytes) {
        char quote = quoteFor(contains(bytes, '\''), contains(bytes, '"'));
        StringBuilder text = new StringBuilder(bytes.length + 3).append('b').append(quote);
        for (byte value : bytes) {
            switch (value) {
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (value < ' ' || value == 0x7f) {
                        text.append("\\x").append(hexDigit(value >> 4)).append(hexDigit(value));
                    } else {
                        text.append(value == quote ? "\\" : "").append((char) value);
                    }
                }
            }
        }
        return text.append(quote).toString();
    }

    /** Text in quotes, for a message. */
    static String quote(String text) {
        char quote = quoteFor(text.indexOf('\'') >= 0, text.indexOf('"') >= 0);
        return quote + text.replace("\\", "\\\\").replace(String.valueOf(quote), "\\" + quote) + quote;
    }

    private static char quoteFor(boolean hasSingle, boolean hasDouble) {
        return hasSingle && !hasDouble ? '"' : '\'';
    }

    private static boolean contains(byte[] bytes, char wanted) {
        for (byte value : bytes) {
            if (value == wanted) {
                return true;
            }
        }
        return false;
    }

    private static char hexDigit(int value) {
        return Character.forDigit(value & 0xf, 16);
    }
}
