package org.tfckpt.restore;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A substitution as sed's {@code s} does it.
 *
 * @param text as it was written
 * @param pattern what is looked for
 * @param replacement what is put there
 * @param first the number of the first hit that is replaced, from 1
 * @param all whether the later hits are replaced too
 */
record SedRule(String text, Pattern pattern, List<Piece> replacement, int first, boolean all) implements NameRule {
    /** A part of a replacement: text, or the group of that number. */
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
            // As sed: no empty hit right behind another one ('s/a*/x/g' makes 'xbxcx' of 'baaac').
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
