package org.tfckpt.cli;

/**
 * Colours text for a terminal.
 *
 * @param color whether to colour
 */
record Style(boolean color) {
    String good(String text) {
        return mark("32", text);
    }

    String bad(String text) {
        return mark("31", text);
    }

    String changed(String text) {
        return mark("33", text);
    }

    String faint(String text) {
        return mark("2", text);
    }

    private String mark(String code, String text) {
        return color ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
