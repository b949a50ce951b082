package org.tfckpt.graph.text;

import java.nio.charset.StandardCharsets;
import org.tfckpt.tensor.TensorNames;

/** The escapes in Python's string literals. */
final class PythonEscapes {
    private PythonEscapes() {}

    /** Replaces the escapes in what was between the quotes of a string, or of bytes, which are UTF-8. */
    static String unescape(String literal, boolean bytes) {
        StringBuilder text = new StringBuilder(literal.length());
        int at = 0;
        while (at < literal.length()) {
            char c = literal.charAt(at++);
            if (c != '\\' || at == literal.length()) {
                text.append(c);
                continue;
            }
            char kind = literal.charAt(at++);
            int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
            int code = digits == 0 ? -1 : hexadecimal(literal, at, digits);
            if (code >= 0) {
                text.appendCodePoint(code);
                at += digits;
            } else {
                text.append(plain(kind));
            }
        }
        return bytes && text.chars().allMatch(c -> c <= 0xff)
                ? TensorNames.decode(text.toString().getBytes(StandardCharsets.ISO_8859_1))
                : text.toString();
    }

    private static int hexadecimal(String text, int from, int digits) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
            if (digit < 0) {
                return -1;
            }
            value = 16 * value + digit;
        }
        return value <= Character.MAX_CODE_POINT ? (int) value : -1;
    }

    private static String plain(char kind) {
        return switch (kind) {
            case 'n' -> "\n";
            case 't' -> "\t";
            case 'r' -> "\r";
            case '\\', '\'', '"' -> String.valueOf(kind);
            default -> "\\" + kind;
        };
    }
}
