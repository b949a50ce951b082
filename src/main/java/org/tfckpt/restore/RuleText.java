package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the difference between two names as a rule for sed, from the widest reading to the narrowest. */
final class RuleText {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final String SPECIAL = "\\.[]{}()*+?^$|";
    private static final String DELIMITERS = "#|,@!%~=:";
    private static final int MOST_GROUPS = 9;

    private RuleText() {}

    /** How much of the name around a difference the rule asks for. */
    enum Context {
        NONE,
        NEIGHBOUR,
        BEGINNING
    }

    static Optional<String> of(SplitName name, Alignment.Edit edit, Context context, boolean anyNumber) {
        List<String> raw = name.raw();
        int from = edit.from();
        int to = edit.to();
        boolean inserted = from == to;
        if (context == Context.BEGINNING) {
            from = 0;
        } else if (context == Context.NEIGHBOUR || (inserted && from > 0 && to < raw.size())) {
            // Something has to stand there for 'between a and b' to be a place.
            from = Math.max(0, from - 1);
        }
        if (from == edit.from() && context == Context.NEIGHBOUR && to < raw.size()) {
            to++;
        }
        List<String> instead = new ArrayList<>(raw.subList(from, edit.from()));
        instead.addAll(edit.instead());
        instead.addAll(raw.subList(edit.to(), to));
        String before = String.join("/", raw.subList(from, to));
        String after = String.join("/", instead);
        boolean atStart = from == 0;
        boolean atEnd = to == raw.size();
        boolean nothingBefore = from == to;
        boolean nothingAfter = instead.isEmpty();
        if ((nothingAfter && atStart && atEnd) || (nothingBefore && !atStart && !atEnd)) {
            return Optional.empty();
        }
        // Every part takes the slash that joins it to the rest along, so that nothing but whole parts is hit.
        String left = atStart ? "" : "/";
        String right = atEnd ? "" : "/";
        String leftOut = left;
        String rightOut = right;
        if (nothingBefore) {
            left = "";
            right = "";
        }
        if (nothingAfter) {
            leftOut = !atStart && !atEnd ? "/" : "";
            rightOut = "";
        }
        return write(
                (atStart ? "^" : "") + left, before, right + (atEnd ? "$" : ""), leftOut, after, rightOut, anyNumber);
    }

    private static Optional<String> write(
            String open, String before, String close, String openOut, String after, String closeOut, boolean any) {
        String pattern = escape(before, SPECIAL);
        String replacement = escape(after, "\\&");
        if (any) {
            List<String> numbers =
                    NUMBER.matcher(before).results().map(hit -> hit.group()).toList();
            List<String> numbersAfter =
                    NUMBER.matcher(after).results().map(hit -> hit.group()).toList();
            if (numbers.isEmpty() || numbers.size() > MOST_GROUPS || !numbers.equals(numbersAfter)) {
                return Optional.empty();
            }
            pattern = NUMBER.matcher(pattern).replaceAll(Matcher.quoteReplacement("([0-9]+)"));
            int[] group = {0};
            replacement = NUMBER.matcher(replacement).replaceAll(hit -> Matcher.quoteReplacement("\\" + ++group[0]));
        }
        String from = open + pattern + close;
        String to = openOut + replacement + closeOut;
        for (int i = 0; i < DELIMITERS.length(); i++) {
            char delimiter = DELIMITERS.charAt(i);
            if (from.indexOf(delimiter) < 0 && to.indexOf(delimiter) < 0) {
                return Optional.of("s" + delimiter + from + delimiter + to + delimiter);
            }
        }
        return Optional.empty();
    }

    private static String escape(String text, String special) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            escaped.append(special.indexOf(text.charAt(i)) >= 0 ? "\\" : "").append(text.charAt(i));
        }
        return escaped.toString();
    }
}
