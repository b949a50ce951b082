package org.tfckpt.restore.suggest;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.tfckpt.restore.suggest.Alignment.Edit;
import org.tfckpt.tensor.TensorNames;

/** Writes the differences between two names as sed rules that turn one into the other, the most general rule first. */
final class RuleText {
    /** If one name differs in more places, no rule explains it. */
    private static final int MAX_EDITS = 4;

    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final Pattern SPECIAL = Pattern.compile("[\\\\.\\[\\]{}()*+?^$|]");
    private static final Pattern SPECIAL_IN_REPLACEMENT = Pattern.compile("[\\\\&]");
    private static final String DELIMITERS = "#|,@!%~=:";

    /** Sed numbers groups from 1 to 9. */
    private static final int MAX_GROUPS = 9;

    private RuleText() {}

    /** The parts around a difference that a rule requires. */
    private enum Context {
        NONE,
        NEIGHBOUR,
        BEGINNING
    }

    /**
     * Returns all rules that rename {@code name} to {@code source}.
     *
     * @param parser parses a rule
     */
    static Set<String> rules(NameParts name, NameParts source, Function<String, UnaryOperator<String>> parser) {
        String before = String.join("/", name.raw());
        String after = String.join("/", source.raw());
        Alignment alignment = new Alignment(name, source);
        Set<String> rules = new LinkedHashSet<>();
        suffix(before, after)
                .filter(rule -> rule.equals(TensorNames.printable(rule)))
                .ifPresent(rules::add);
        for (boolean joined : new boolean[] {false, true}) {
            List<Edit> edits = alignment.edits(joined);
            if (edits.isEmpty() || edits.size() > MAX_EDITS) {
                continue;
            }
            for (boolean anyNumber : new boolean[] {false, true}) {
                for (Context context : Context.values()) {
                    rule(name, edits, context, anyNumber)
                            // Names with line breaks or bytes that are not UTF-8 cannot be pasted.
                            .filter(rule -> rule.equals(TensorNames.printable(rule)))
                            .filter(rule -> parser.apply(rule).apply(before).equals(after))
                            .ifPresent(rules::add);
                }
            }
        }
        return rules;
    }

    /** Returns the rule that adds the end of the longer name to the shorter one, or removes it: {@code :0}. */
    private static Optional<String> suffix(String before, String after) {
        if (after.startsWith(before)) {
            return new Substitution("", after.substring(before.length()), false, true).text(false);
        }
        return before.startsWith(after)
                ? new Substitution(before.substring(after.length()), "", false, true).text(false)
                : Optional.empty();
    }

    /** Goes from the last difference to the first, so that the parts before a difference are still unchanged. */
    private static Optional<String> rule(NameParts name, List<Edit> edits, Context context, boolean anyNumber) {
        List<String> rules = new ArrayList<>(edits.size());
        for (int i = edits.size() - 1; i >= 0; i--) {
            Optional<String> rule = rule(name.raw(), edits.get(i), context, anyNumber);
            if (rule.isEmpty()) {
                return Optional.empty();
            }
            rules.add(rule.get());
        }
        return Optional.of(String.join(";", rules));
    }

    private static Optional<String> rule(List<String> raw, Edit edit, Context context, boolean anyNumber) {
        int from = edit.from();
        int to = edit.to();
        if (context == Context.BEGINNING) {
            from = 0;
        } else if (from > 0 && (context == Context.NEIGHBOUR || (from == to && to < raw.size()))) {
            // An insertion needs a neighbour, because there is nothing between two parts that a pattern could match.
            from--;
        } else if (context == Context.NEIGHBOUR && to < raw.size()) {
            to++;
        }
        List<String> replacement = new ArrayList<>(raw.subList(from, edit.from()));
        replacement.addAll(edit.replacement());
        replacement.addAll(raw.subList(edit.to(), to));
        boolean atStart = from == 0;
        boolean atEnd = to == raw.size();
        return new Substitution(
                        join(raw.subList(from, to), atStart, atEnd), join(replacement, atStart, atEnd), atStart, atEnd)
                .text(anyNumber);
    }

    /** Joins parts, including the slashes around them, so that a rule replaces whole parts only. */
    private static String join(List<String> parts, boolean atStart, boolean atEnd) {
        String text = String.join("/", parts);
        String before = atStart || (atEnd && parts.isEmpty()) ? "" : "/";
        return before + text + (atEnd || parts.isEmpty() ? "" : "/");
    }

    private record Substitution(String from, String to, boolean atStart, boolean atEnd) {
        Optional<String> text(boolean anyNumber) {
            String pattern = SPECIAL.matcher(from).replaceAll("\\\\$0");
            String replacement = SPECIAL_IN_REPLACEMENT.matcher(to).replaceAll("\\\\$0");
            List<String> numbers = numbers(from);
            if (anyNumber && numbers.size() <= MAX_GROUPS && numbers.equals(numbers(to))) {
                pattern = NUMBER.matcher(pattern).replaceAll("([0-9]+)");
                Iterator<Integer> group = IntStream.rangeClosed(1, MAX_GROUPS).iterator();
                replacement = NUMBER.matcher(replacement).replaceAll(number -> "\\\\" + group.next());
            }
            String whole = (atStart ? "^" : "") + pattern + (atEnd ? "$" : "");
            String text = replacement;
            return DELIMITERS
                    .chars()
                    .filter(delimiter -> whole.indexOf(delimiter) < 0 && text.indexOf(delimiter) < 0)
                    .mapToObj(delimiter -> "s" + (char) delimiter + whole + (char) delimiter + text + (char) delimiter)
                    .findFirst();
        }

        private static List<String> numbers(String text) {
            return NUMBER.matcher(text).results().map(MatchResult::group).toList();
        }
    }
}
