package org.tfckpt.graph.text;

import java.io.IOException;
import java.io.Reader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Finds the variables in a text, in one pass. Not thread-safe. */
final class TextScanner {
    private static final List<String> READS = List.of("/read:0", "/Read/ReadVariableOp:0");

    /** The name of the value that an assignment returns in eager mode. */
    private static final String UNREAD = "UnreadVariable";

    private static final char[] ENDS_AND_NAMED = {'\n', '>', ':', '(', 't', '\''};

    private final TextWindow window;
    private final VariableList variables = new VariableList();
    private final NamedForms named;
    private final ShapeMap map;
    private final RestoreErrors errors;
    private final TextLines lines;
    private final List<Form> forms = Form.all();

    /** The forms by their first character. */
    private final Form[][] starts = new Form[128][];

    /** The characters with which something may begin or end. */
    private final boolean[] marks = new boolean[128];

    private int at;

    private boolean eager;

    /** Whether all lines so far are words, which may be names. */
    private boolean onlyWords = true;

    private int lineStart;

    /** The end of the last form: no other begins before it. */
    private int floor;

    TextScanner(Reader reader) {
        window = new TextWindow(reader);
        named = new NamedForms(window, variables);
        map = new ShapeMap(window, variables, named);
        errors = new RestoreErrors(window, variables);
        lines = new TextLines(window);
        Arrays.fill(starts, new Form[0]);
        for (Form form : forms) {
            char first = form.template().start().charAt(0);
            starts[first] = Arrays.copyOf(starts[first], starts[first].length + 1);
            starts[first][starts[first].length - 1] = form;
            marks[first] = true;
        }
        for (char c : ENDS_AND_NAMED) {
            marks[c] = true;
        }
    }

    PrintedGraph scan() throws IOException {
        while (true) {
            shift(window.advance(at));
            at = lines.hasText() ? window.next(at, marks) : at;
            if (window.isEnd(at)) {
                break;
            }
            char c = window.at(at);
            if (c == '\n') {
                endOfLine();
                at++;
                lineStart = at;
            } else {
                lines.see(c, at);
                int close = c < 128 ? recognised(c) : TextWindow.NONE;
                at = close == TextWindow.NONE ? at + 1 : close;
            }
        }
        endOfLine();
        List<PrintedVariable> all = variables.finish();
        return errors.result(all, lines.ignored(), eager, onlyWords && lines.ignored() > 0);
    }

    private void shift(int shift) {
        if (shift > 0) {
            at -= shift;
            floor = Math.max(0, floor - shift);
            lineStart -= shift;
            forms.forEach(form -> form.template().shift(shift));
        }
    }

    private void endOfLine() {
        onlyWords = onlyWords
                && lineStart >= 0
                && isWordOrBlank(window.text(lineStart, at).strip());
        errors.endOfLine();
        if (!lines.end()) {
            variables.otherLine();
            errors.otherLine();
        }
    }

    private static boolean isWordOrBlank(String line) {
        return line.chars().noneMatch(c -> c <= ' ' || "=<,;{\"".indexOf(c) >= 0);
    }

    /** Handles a form that begins here, and returns its end. */
    private int recognised(char c) throws UnsupportedFormatException {
        int close = form(c);
        if (close == TextWindow.NONE) {
            close = switch (c) {
                case ':' -> named.firstOutput(at, floor);
                case 't' -> named.torch(at, floor);
                case '(' -> window.startsWith("(DT_", at) ? named.listed(at, floor) : named.tuple(at, floor);
                case '\'' -> map.entry(at, floor);
                default -> TextWindow.NONE;
            };
            if (close == TextWindow.NONE) {
                return TextWindow.NONE;
            }
            lines.said(at, close, TextLines.Next.OTHER);
        }
        floor = close;
        return close;
    }

    private int form(char c) throws UnsupportedFormatException {
        Form[] candidates = starts[c];
        if (candidates.length == 0 || (TextWindow.isWord(c) && TextWindow.isWord(window.at(at - 1)))) {
            return TextWindow.NONE;
        }
        for (Form form : candidates) {
            if (form.kind() == Form.Kind.KEY && !errors.isListing()) {
                continue;
            }
            int close = form.template().match(window, at);
            if (close != TextWindow.NONE) {
                TextLines.Next next = said(form, close);
                if (next != null) {
                    lines.said(at, close, next);
                    return close;
                }
            }
        }
        return TextWindow.NONE;
    }

    /** Handles a form; returns what may follow in the next lines, or null if it is nothing after all. */
    private TextLines.@Nullable Next said(Form form, int close) throws UnsupportedFormatException {
        Template template = form.template();
        switch (form.kind()) {
            case EAGER, VARIABLE -> {
                eager |= form.kind() == Form.Kind.EAGER;
                if (!template.name().equals(UNREAD)) {
                    PrintedVariable variable = variable(template.name(), template);
                    if (errors.isUnbound()) {
                        variables.addWanted(variable);
                    } else {
                        variables.add(variable);
                    }
                }
                return window.at(close - 1) == '>' ? TextLines.Next.OTHER : TextLines.Next.VALUES;
            }
            case PERHAPS -> {
                boolean certain = PrintedVariable.isFirstOutput(template.name())
                        || template.name().indexOf('/') > 0;
                variables.add(variable(template.name(), template), template.start(), certain);
                return TextLines.Next.OTHER;
            }
            case TENSOR -> {
                return tensor(template) ? TextLines.Next.OTHER : TextLines.Next.IGNORED;
            }
            default -> {
                return errors.said(form, close);
            }
        }
    }

    private static PrintedVariable variable(String name, Template template) {
        return PrintedVariable.of(name, template.dtype(), template.shape());
    }

    /** Adds the variable whose value a tensor is. */
    private boolean tensor(Template template) throws UnsupportedFormatException {
        String name = template.name();
        for (String read : READS) {
            if (name.endsWith(read)) {
                variables.add(variable(name.substring(0, name.length() - read.length()), template));
                return true;
            }
        }
        Dtype dtype = template.dtype();
        if (dtype != null && dtype.reference() && PrintedVariable.isFirstOutput(name)) {
            variables.add(variable(name, template));
            return true;
        }
        return false;
    }
}
