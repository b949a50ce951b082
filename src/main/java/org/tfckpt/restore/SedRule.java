package org.tfckpt.restore;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A substitution like the {@code s} command of sed.
 *
 * @param text the rule as it was written
 * @param pattern the expression
 * @param replacement the pieces of the replacement
 * @param first the number of the first match to replace, from 1
 * @param all whether later matches are replaced, too
 */
record SedRule(String text, Pattern pattern, List<Piece> replacement, int first, boolean all) implements NameRule {
    /** A piece of a replacement: text, or the number of a group. */
    record Piece(String text, int group) {
        static final int NO_GROUP = -1;
    }

    @Override
    public @Nullable String apply(String name) {
        Matcher matcher = pattern.matcher(name);
        StringBuilder result = new StringBuilder(name.length() + 16);
        int copied = 0;
        int hits = 0;
        int replaced = 0;
        int lastEnd = -1;
        while (matcher.find()) {
            // Like sed, skip an empty match directly after another one: 's/a*/x/g' makes 'xbxcx' of 'baaac'.
            if (matcher.start() == matcher.end() && matcher.start() == lastEnd) {
                continue;
            }
            lastEnd = matcher.end();
            hits++;
            if (hits < first) {
                continue;
            }
            result.append(name, copied, matcher.start());
            for (Piece piece : replacement) {
                String group = piece.group == Piece.NO_GROUP ? piece.text : matcher.group(piece.group);
                result.append(group == null ? "" : group);
            }
            copied = matcher.end();
            replaced++;
            if (!all) {
                break;
            }
        }
        return replaced == 0 ? null : result.append(name, copied, name.length()).toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
