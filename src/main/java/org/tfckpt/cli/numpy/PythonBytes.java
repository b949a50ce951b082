package org.tfckpt.cli.numpy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Formats literals as Python does. */
final class PythonBytes {
    private PythonBytes() {}

    /** Returns a literal of {@code bytes}, for example {@code b'x\x00'}. */
    static String literal(byte[] bytes) {
        String latin1 = new String(bytes, StandardCharsets.ISO_8859_1);
        char quote = latin1.contains("'") && !latin1.contains("\"") ? '"' : '\'';
        StringBuilder text = new StringBuilder(bytes.length + 3).append('b').append(quote);
        for (byte value : bytes) {
            switch (value) {
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\\' -> text.append("\\\\");
                default -> {
                    if (value < ' ' || value == 0x7f) {
                        text.append("\\x").append(HexFormat.of().toHexDigits(value));
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
}
