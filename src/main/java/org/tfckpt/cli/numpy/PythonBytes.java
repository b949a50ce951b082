package org.tfckpt.cli.numpy;

import java.nio.charset.StandardCharsets;

/** Formats literals as Python does. */
final class PythonBytes {
    private PythonBytes() {}

    /** Returns a literal of {@code bytes}, for example {@code b'x\x00'}. */
    static String literal(byte[] bytes) {
        char quote = contains(bytes, '\'') && !contains(bytes, '"') ? '"' : '\'';
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

    /** Returns a string literal, for an error message. */
    static String quote(String text) {
        return literal(text.getBytes(StandardCharsets.UTF_8)).substring(1);
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
