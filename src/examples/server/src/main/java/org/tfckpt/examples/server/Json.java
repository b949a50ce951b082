package org.tfckpt.examples.server;

import java.util.StringJoiner;

/** The little JSON that the server writes. */
final class Json {
    private Json() {}

    /** Returns an array of numbers. JSON has no NaN and no infinities, so that they become {@code null}. */
    static String array(float[] values) {
        StringJoiner numbers = new StringJoiner(",", "[", "]");
        for (float value : values) {
            numbers.add(Float.isFinite(value) ? Float.toString(value) : "null");
        }
        return numbers.toString();
    }

    static String text(String value) {
        StringBuilder text = new StringBuilder("\"");
        for (char c : value.toCharArray()) {
            if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }
}
