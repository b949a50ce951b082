package org.tfckpt.cli.numpy;

import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * NumPy's print options, see {@code numpy.set_printoptions}.
 *
 * @param precision maximum number of digits after the decimal point
 * @param threshold number of elements above which an array is summarised
 * @param edgeitems number of elements shown at each end of a summarised axis
 * @param linewidth maximum number of characters per line
 * @param suppress whether small numbers are printed without scientific notation
 * @param nanstr text for NaN
 * @param infstr text for infinity
 * @param sign {@code -}: only negative numbers have a sign; {@code +}: all do; blank: positive ones have a blank
 * @param floatmode how {@code precision} is applied
 */
public record PrintOptions(
        int precision,
        long threshold,
        int edgeitems,
        int linewidth,
        boolean suppress,
        String nanstr,
        String infstr,
        char sign,
        FloatMode floatmode) {

    /** NumPy's default options. */
    public static final PrintOptions DEFAULT =
            new PrintOptions(8, 1000, 3, 75, false, "nan", "inf", '-', FloatMode.MAXPREC);

    private static final Set<String> KEYS = Stream.of(PrintOptions.class.getRecordComponents())
            .map(RecordComponent::getName)
            .collect(Collectors.toUnmodifiableSet());

    /** Larger numbers have the same effect; sums of this one do not overflow. */
    private static final long LARGEST = 1_000_000_000;

    /** The number of digits after the decimal point of a float. */
    public enum FloatMode {
        /** Exactly {@code precision}. */
        FIXED,
        /** As many as each number needs. */
        UNIQUE,
        /** As many as each number needs, at most {@code precision}. */
        MAXPREC,
        /** As many as the longest number needs, at most {@code precision}. */
        MAXPREC_EQUAL
    }

    /**
     * Returns a copy of these options with one of them changed.
     *
     * @param assignment an argument of the command line, for example {@code threshold=100000}
     * @throws IllegalArgumentException if it is invalid; the message is TensorFlow's or NumPy's
     */
    public PrintOptions with(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals <= 0) {
            throw new IllegalArgumentException("'" + assignment + "' is not in the form k=v.");
        }
        String value = assignment.substring(equals + 1);
        String key = assignment.substring(0, equals);
        if (key.equals("legacy") && !toBoolean(value)) {
            return this;
        }
        if (key.equals("formatter") || key.equals("legacy")) {
            throw new IllegalArgumentException("Setting '" + key + "' from the command line is not supported.");
        }
        if (!KEYS.contains(key)) {
            throw new IllegalArgumentException("'" + key + "' is not a valid printoption.");
        }
        return new PrintOptions(
                key.equals("precision") ? toInt(value) : precision,
                key.equals("threshold") ? toLong(value) : threshold,
                key.equals("edgeitems") ? toInt(value) : edgeitems,
                key.equals("linewidth") ? toInt(value) : linewidth,
                key.equals("suppress") ? toBoolean(value) : suppress,
                key.equals("nanstr") ? value : nanstr,
                key.equals("infstr") ? value : infstr,
                key.equals("sign") ? toSign(value) : sign,
                key.equals("floatmode") ? toFloatMode(value) : floatmode);
    }

    private static int toInt(String text) {
        return (int) Math.max(-LARGEST, Math.min(LARGEST, toLong(text)));
    }

    /** Parses like Python's {@code int()}. Numbers beyond 64 bits become the nearest long, to the same effect. */
    private static long toLong(String text) {
        String digits = text.strip();
        if (!digits.matches("[+-]?[0-9]+(_[0-9]+)*")) {
            throw new IllegalArgumentException("invalid literal for int() with base 10: " + PythonBytes.quote(text));
        }
        BigInteger number = new BigInteger(digits.replace("_", ""));
        if (number.bitLength() < Long.SIZE) {
            return number.longValue();
        }
        return number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    /** Parses like TensorFlow's boolean flags. */
    private static boolean toBoolean(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "t", "1" -> true;
            case "false", "f", "0" -> false;
            default ->
                throw new IllegalArgumentException("Non-boolean argument to boolean flag: " + PythonBytes.quote(text));
        };
    }

    private static char toSign(String text) {
        if (!List.of(" ", "+", "-").contains(text)) {
            throw new IllegalArgumentException("sign option must be one of ' ', '+', or '-'");
        }
        return text.charAt(0);
    }

    private static FloatMode toFloatMode(String text) {
        for (FloatMode mode : FloatMode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(text)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "floatmode option must be one of \"fixed\", \"unique\", \"maxprec\", \"maxprec_equal\"");
    }
}
