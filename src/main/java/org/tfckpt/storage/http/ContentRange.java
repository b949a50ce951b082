package org.tfckpt.storage.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code Content-Range}.
 *
 * @param first the offset of the first byte; −1 if no range is given
 * @param last the offset of the last byte; −1 if no range is given
 * @param size the size of the file; −1 if the server does not tell it
 */
record ContentRange(long first, long last, long size) {
    private static final Pattern SYNTAX =
            Pattern.compile("bytes[ =]+(?:(\\d{1,18})-(\\d{1,18})|\\*)/(\\d{1,18}|\\*)", Pattern.CASE_INSENSITIVE);

    /** Returns the value of a header, or null if it is missing or malformed. */
    static @Nullable ContentRange of(@Nullable String header) {
        Matcher parts = SYNTAX.matcher(header == null ? "" : header.strip());
        return parts.matches()
                ? new ContentRange(number(parts.group(1)), number(parts.group(2)), number(parts.group(3)))
                : null;
    }

    private static long number(@Nullable String digits) {
        return digits == null || digits.equals("*") ? -1 : Long.parseLong(digits);
    }

    boolean isRange() {
        return first >= 0 && first <= last && (size < 0 || last < size);
    }

    long length() {
        return last - first + 1;
    }
}
