package org.tfckpt.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers in tables for people: rounded, and at most ten characters wide. */
final class ShortNumber {
    private static final int WIDTH = 10;
    private static final double PLAIN_FROM = 1e-3;
    private static final double PLAIN_BELOW = 1e6;
    private static final int DIGITS = 4;
    private static final String[] SI = {"", "k", "M", "G", "T", "P", "E"};

    private ShortNumber() {}

    /** Returns four significant digits, an integer as it is, or a dash if there is no number. */
    static String of(@Nullable Number number) {
        if (number == null) {
            return "-";
        }
        String exact = number.toString();
        if (!(number instanceof Double value)) {
            return exact.length() <= WIDTH ? exact : scientific(number.doubleValue());
        }
        double magnitude = Math.abs(value);
        if (value == 0) {
            return "0";
        }
        if (Double.isInfinite(value) || Double.isNaN(value)) {
            return value < 0 ? "-inf" : Double.isNaN(value) ? "nan" : "inf";
        }
        if (magnitude < PLAIN_FROM || magnitude >= PLAIN_BELOW) {
            return scientific(value);
        }
        int before = (int) Math.floor(Math.log10(magnitude)) + 1;
        return String.format(Locale.ROOT, "%." + Math.max(0, Math.min(DIGITS + 2, DIGITS - before)) + "f", value);
    }

    private static String scientific(double value) {
        return String.format(Locale.ROOT, "%.3e", value);
    }

    /** Returns a count with an SI prefix and at most five characters, for example {@code 432} or {@code 1.73k}. */
    static String si(long count) {
        double scaled = count;
        int prefix = 0;
        while (scaled >= 999.5) {
            scaled /= 1000;
            prefix++;
        }
        if (prefix == 0) {
            return String.valueOf(count);
        }
        int digits = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + digits + "f%s", scaled, SI[prefix]);
    }

    /** Returns a share in percent, never rounded to 0 or 100 % unless it is. */
    static String percent(long part, long of) {
        double percent = of == 0 ? 0 : 100.0 * part / of;
        if (part > 0 && percent < 0.1) {
            return "<0.1 %";
        }
        return part < of && percent > 99.9 ? ">99.9 %" : String.format(Locale.ROOT, "%.1f %%", percent);
    }

    /** Shortens a name in its middle, if it is longer than the width. */
    static String fit(String name, int width) {
        if (name.length() <= width) {
            return name;
        }
        int start = (width - 1) / 3;
        return name.substring(0, start) + "…" + name.substring(name.length() - (width - 1 - start));
    }
}
