package org.tfckpt.restore.suggest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.tfckpt.tensor.TensorNames;

/** Writes globs that match a name and perhaps others: its scopes, its last parts, its suffixes, with numbers or a part left open. */
final class GlobText {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final String BELOW = "/**";
    private static final String ANYWHERE = "**/";

    /** Longer names propose only themselves, which bounds the number of globs; real names have fewer parts. */
    private static final int MAX_PARTS = 12;

    private static final int MAX_LENGTH = 500;

    /** Wildcards before the last characters of a glob: the time of a match grows with the length to this power. */
    private static final int MAX_WILDCARDS = 2;

    private GlobText() {}

    /**
     * Returns globs that match a name, the name itself first.
     *
     * @param anywhere whether a glob may begin with {@code **}, in addition to those that begin with the name's scope
     */
    static Set<String> globs(String name, boolean anywhere) {
        String text = printable(name);
        List<String> parts = List.of(text.split("/", -1));
        Set<String> globs = new LinkedHashSet<>(Set.of(text));
        if (parts.size() <= MAX_PARTS && name.length() <= MAX_LENGTH) {
            add(parts, anywhere, globs);
        }
        globs.removeIf(glob -> wildcards(glob) > MAX_WILDCARDS + (glob.endsWith(BELOW) ? 1 : 0));
        return globs;
    }

    static long wildcards(String glob) {
        return glob.replace("**", "*").chars().filter(c -> c == '*').count();
    }

    /** Returns how much a glob leaves open: a wildcard that is a whole part counts twice. */
    static long openness(String glob) {
        return wildcards(glob)
                + Arrays.stream(glob.split("/", -1)).filter("*"::equals).count();
    }

    private static void add(List<String> parts, boolean anywhere, Set<String> globs) {
        for (int end = parts.size(); end > 0; end--) {
            variants(parts.subList(0, end), "", end == parts.size() ? "" : BELOW, globs);
        }
        if (anywhere) {
            suffixes(parts.get(parts.size() - 1), globs);
            for (int from = 1; from < parts.size(); from++) {
                variants(parts.subList(from, parts.size()), ANYWHERE, "", globs);
                if (from + 1 < parts.size()) {
                    variants(parts.subList(from, from + 1), ANYWHERE, BELOW, globs);
                }
            }
        }
    }

    /** Adds globs for all names that end like this one, from an underscore on; a number alone says too little. */
    private static void suffixes(String last, Set<String> globs) {
        for (int i = last.indexOf('_'); i >= 0; i = last.indexOf('_', i + 1)) {
            String suffix = last.substring(i);
            if (suffix.chars().anyMatch(Character::isLetter)) {
                globs.add("**" + suffix);
            }
        }
    }

    private static void variants(List<String> parts, String before, String after, Set<String> globs) {
        globs.add(before + String.join("/", parts) + after);
        globs.add(before + withoutNumbers(String.join("/", parts)) + after);
        for (int i = 0; parts.size() > 1 && i < parts.size(); i++) {
            globs.add(before + changed(parts, i, GlobText::withoutNumbers) + after);
            globs.add(before + changed(parts, i, part -> "*") + after);
        }
    }

    private static String changed(List<String> parts, int index, UnaryOperator<String> change) {
        List<String> changed = new ArrayList<>(parts);
        changed.set(index, change.apply(parts.get(index)));
        return String.join("/", changed);
    }

    private static String withoutNumbers(String text) {
        return NUMBER.matcher(text).replaceAll("*");
    }

    /** Replaces what cannot be pasted, and the beginning of what would be a regular expression. */
    private static String printable(String name) {
        StringBuilder glob = new StringBuilder(name.length());
        name.codePoints().forEach(c -> {
            String text = Character.toString(c);
            glob.append(TensorNames.printable(text).equals(text) ? text : "?");
        });
        return glob.indexOf("re:") == 0 ? "?" + glob.substring(1) : glob.toString();
    }
}
