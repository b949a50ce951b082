package org.tfckpt.tensor;

import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern for names: a glob, or a regular expression with the prefix {@code re:}.
 *
 * <p>A glob must match the whole name: {@code *} matches any characters except {@code /}, {@code **} any characters,
 * and {@code ?} one character except {@code /}; all other characters match themselves. A regular expression ({@link
 * Pattern}) must match a part of the name.
 */
public final class NamePattern implements Predicate<String> {
    private static final String REGEX = "re:";

    private final String text;
    private final Pattern pattern;
    private final boolean whole;

    private NamePattern(String text, Pattern pattern, boolean whole) {
        this.text = text;
        this.pattern = pattern;
        this.whole = whole;
    }

    /**
     * Parses a pattern.
     *
     * @param text a glob, or {@code re:} followed by a regular expression
     * @return the pattern
     * @throws IllegalArgumentException if the regular expression is invalid
     */
    public static NamePattern of(String text) {
        if (!text.startsWith(REGEX)) {
            return new NamePattern(text, Pattern.compile(regexOf(text), Pattern.DOTALL), true);
        }
        try {
            return new NamePattern(text, Pattern.compile(text.substring(REGEX.length()), Pattern.DOTALL), false);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a valid regular expression: " + e.getDescription(), e);
        }
    }

    private static String regexOf(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }

    @Override
    public boolean test(String name) {
        return whole ? pattern.matcher(name).matches() : pattern.matcher(name).find();
    }

    /** {@return the pattern as it was written} */
    @Override
    public String toString() {
        return text;
    }
}
