package org.tfckpt.format.safetensors;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Builds JSON texts as the reference implementations do, which write no other characters than needed. */
final class HeaderText {
    private final StringBuilder text = new StringBuilder();
    /** Whether characters beyond ASCII are escaped, as Python does. */
    private final boolean ascii;

    HeaderText(boolean ascii) {
        this.ascii = ascii;
    }

    HeaderText add(String part) {
        text.append(part);
        return this;
    }

    HeaderText add(long number) {
        text.append(number);
        return this;
    }

    HeaderText quoted(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ' || (ascii && c > '~')) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
        return this;
    }

    /** Adds an object of strings, in the order of the map. */
    HeaderText object(Map<String, String> strings) {
        String separator = "{";
        for (Map.Entry<String, String> entry : strings.entrySet()) {
            add(separator).quoted(entry.getKey()).add(":").quoted(entry.getValue());
            separator = ",";
        }
        return add("}");
    }

    int length() {
        return text.length();
    }

    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
