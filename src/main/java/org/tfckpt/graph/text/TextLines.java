package org.tfckpt.graph.text;

/** Counts the lines of a text that say nothing about variables. Not thread-safe. */
final class TextLines {
    /** What lines may follow a form and belong to it. */
    enum Next {
        OTHER,
        /** The values of a variable, as NumPy prints them, until {@code >}. */
        VALUES,
        /** The fields of a message in text format. */
        FIELDS,
        /** The form itself says nothing about variables. */
        IGNORED
    }

    private static final String[] VALUES = {"array(", "nan", "inf", "dtype", "True", "False", "b'", "b\"", "<unrep"};

    private final TextWindow window;
    private Next next = Next.OTHER;
    private boolean hasText;
    private boolean hasVariable;
    private boolean continues;
    private long ignored;

    TextLines(TextWindow window) {
        this.window = window;
    }

    long ignored() {
        return ignored;
    }

    /** Returns whether no more than the end of the line, and of values, matters of what is not a form. */
    boolean hasText() {
        return hasText;
    }

    /** Takes note of a character that is not inside a form. */
    void see(char c, int at) {
        if (c == '>' && next == Next.VALUES) {
            next = Next.OTHER;
            hasText = true;
        } else if (!hasText && c > ' ' && !isPunctuation(c)) {
            hasText = true;
            continues = switch (next) {
                case VALUES -> isValue(c, at);
                case FIELDS -> c == '}' || (c >= 'a' && c <= 'z' && isField(at));
                case OTHER, IGNORED -> false;
            };
            next = continues ? next : Next.OTHER;
        }
    }

    private static boolean isPunctuation(char c) {
        return switch (c) {
            case '[', ']', '(', ')', '{', '}', ',', ';', '\'', '"' -> true;
            default -> false;
        };
    }

    private boolean isValue(char c, int at) {
        if (TextWindow.isDigit(c) || c == '-' || c == '+' || c == '.') {
            return true;
        }
        for (String start : VALUES) {
            if (window.startsWith(start, at)) {
                return true;
            }
        }
        return false;
    }

    private boolean isField(int at) {
        int close = window.skipBlanks(window.word(at));
        return window.at(close) == ':' || window.at(close) == '{';
    }

    /** Takes note of a form between two positions. */
    void said(int from, int close, Next following) {
        if (following != Next.IGNORED) {
            hasVariable = true;
            next = following;
        }
        for (int i = from; i < close; i++) {
            if (window.at(i) == '\n') {
                end();
                hasVariable = following != Next.IGNORED;
            }
        }
        hasText = true;
    }

    /** Ends a line, and returns whether it says something about variables, or is blank. */
    boolean end() {
        boolean other = hasText && !hasVariable && !continues;
        ignored += other ? 1 : 0;
        next = other ? Next.OTHER : next;
        hasText = false;
        hasVariable = false;
        continues = false;
        return !other;
    }
}
