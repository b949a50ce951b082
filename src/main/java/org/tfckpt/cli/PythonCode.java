package org.tfckpt.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Python string literals and regular expressions. */
final class PythonCode {
    private static final Pattern SPECIAL = Pattern.compile("[\\\\.\\[\\]{}()*+?^$|]");

    /** What Java and Python understand in the same way: literal characters, numbers, and anchors. */
    private static final Pattern SIMPLE = Pattern.compile(
            "\\^?(?:[^\\\\.\\[\\]{}()*+?^$|]|\\\\[^\\p{Alnum}]|\\(\\[0-9]\\+\\)|\\[0-9]\\+)*\\$?", Pattern.DOTALL);

    private PythonCode() {}

    /**
     * Returns a literal in ASCII. A byte of a name that is not UTF-8 is written as Python decodes it with {@code
     * surrogateescape}.
     */
    static String string(String text) {
        StringBuilder literal = new StringBuilder("'");
        text.codePoints().forEach(c -> {
            if (c == '\\' || c == '\'') {
                literal.append('\\').appendCodePoint(c);
            } else if (c >= ' ' && c < 0x7f) {
                literal.appendCodePoint(c);
            } else {
                literal.append(
                        String.format(Locale.ROOT, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
            }
        });
        return literal.append('\'').toString();
    }

    /** Returns a literal, raw if that is easier to read. */
    static String raw(String text) {
        boolean raw = text.indexOf('\\') >= 0
                && !text.endsWith("\\")
                && text.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != '\'');
        return raw ? "r'" + text + "'" : string(text);
    }

    /** Returns the regular expression of globs. */
    static String regex(List<String> globs) {
        List<String> all = globs.stream().map(PythonCode::regex).toList();
        return "(?:" + String.join("|", all) + ")$";
    }

    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < glob.length()) {
            char c = glob.charAt(at);
            boolean any = glob.startsWith("**", at);
            at += any ? 2 : 1;
            if (any) {
                regex.append(".*");
            } else if (c == '*' || c == '?') {
                regex.append(c == '*' ? "[^/]*" : "[^/]");
            } else {
                regex.append(SPECIAL.matcher(String.valueOf(c)).replaceAll("\\\\$0"));
            }
        }
        return regex.toString();
    }

    /**
     * Returns sed rules as Python expressions that substitute in {@code name}.
     *
     * @return empty if a rule is not as simple as those that are suggested
     */
    static Optional<List<String>> substitutions(List<String> rules) {
        List<String> calls = new ArrayList<>();
        for (String rule : rules) {
            int at = 0;
            while (at < rule.length()) {
                char delimiter = rule.length() > at + 1 ? rule.charAt(at + 1) : ' ';
                int middle = rule.indexOf(delimiter, at + 2);
                int end = rule.indexOf(delimiter, middle + 1);
                boolean last = end + 1 == rule.length();
                if (rule.charAt(at) != 's' || middle < 0 || end <= middle || !(last || rule.charAt(end + 1) == ';')) {
                    return Optional.empty();
                }
                String pattern = rule.substring(at + 2, middle);
                Optional<String> replacement = replacement(rule.substring(middle + 1, end));
                if (!SIMPLE.matcher(pattern).matches() || pattern.isEmpty() || replacement.isEmpty()) {
                    return Optional.empty();
                }
                calls.add("re.sub(" + raw(pattern) + ", " + raw(replacement.get()) + ", name, count=1)");
                at = end + 2;
            }
        }
        return Optional.of(calls);
    }

    private static Optional<String> replacement(String sed) {
        StringBuilder python = new StringBuilder();
        int at = 0;
        while (at < sed.length()) {
            char c = sed.charAt(at++);
            if (c == '&') {
                return Optional.empty();
            }
            if (c != '\\') {
                python.append(c);
                continue;
            }
            char next = at < sed.length() ? sed.charAt(at++) : 'x';
            if (Character.isLetter(next)) {
                return Optional.empty();
            }
            python.append(Character.isDigit(next) ? "\\g<" + next + ">" : next == '\\' ? "\\\\" : String.valueOf(next));
        }
        return Optional.of(python.toString());
    }
}
