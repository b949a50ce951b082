package org.tfckpt.cli.numpy;

import java.io.IOException;
import java.util.function.Predicate;
import org.tfckpt.cli.numpy.PrintOptions.FloatMode;

/** Formats floats of an array as NumPy does: all with an exponent or none, with aligned decimal points. */
final class FloatFormat {
    private static final int MIN_EXPONENT_DIGITS = 2;
    /** More digits than any number has. NumPy's buffer has about this size too. */
    private static final int MAX_DIGITS = 16_000;

    private final FloatKind kind;
    private final char sign;
    private final PrintOptions options;
    private final boolean scientific;
    private final Digits digits;
    private final int exponentDigits;
    private final int left;
    private final int right;

    /** Numbers that can be iterated more than once. */
    @FunctionalInterface
    interface Sample {
        void forEach(NumberConsumer consumer) throws IOException;
    }

    /** Receives numbers one by one. */
    @FunctionalInterface
    interface NumberConsumer {
        void accept(double number) throws IOException;
    }

    /**
     * The number of digits.
     *
     * @param limit the limit of the conversion
     * @param zeros the length to which a fraction is padded with zeros; 0 if trailing zeros are removed
     */
    private record Digits(Decimal.Limit limit, int zeros) {
        String fill(String fraction) {
            if (zeros > 0) {
                return fraction + "0".repeat(Math.max(0, zeros - fraction.length()));
            }
            int end = fraction.length();
            while (end > 0 && fraction.charAt(end - 1) == '0') {
                end--;
            }
            return fraction.substring(0, end);
        }
    }

    /**
     * Creates the format of an array.
     *
     * @param sample the numbers that determine precision and width
     * @param sign as in the options, but {@code +} for imaginary parts
     * @throws IllegalArgumentException if the precision is negative
     */
    FloatFormat(Sample sample, FloatKind kind, char sign, PrintOptions options) throws IOException {
        FloatMode mode = options.floatmode();
        if (options.precision() < 0 && mode != FloatMode.UNIQUE) {
            throw new IllegalArgumentException("precision must be >= 0");
        }
        this.kind = kind;
        this.sign = sign;
        this.options = options;
        Survey survey = new Survey();
        sample.forEach(survey::add);
        scientific = survey.needsExponent(kind, options.suppress());

        // Format each number on its own; the widest determine the format of all.
        boolean shortest = mode != FloatMode.FIXED;
        int precision = mode == FloatMode.UNIQUE ? -1 : Math.min(options.precision(), MAX_DIGITS);
        Digits alone = new Digits(limit(shortest, precision, -1), shortest ? 0 : precision);
        Widths widths = new Widths();
        sample.forEach(number -> widths.add(number, alone));
        boolean equal = scientific || mode == FloatMode.FIXED || mode == FloatMode.MAXPREC_EQUAL;
        digits = equal
                ? new Digits(limit(shortest, widths.fraction, widths.fraction), widths.fraction)
                : new Digits(limit(shortest, precision, 0), 0);
        exponentDigits = widths.exponent;
        right = widths.fraction + (scientific && survey.anyFinite ? 2 + widths.exponent : 0);
        int roomForSign = sign == ' ' && !survey.anyMinus ? 1 : 0;
        int forNumbers = widths.whole + roomForSign;
        left = survey.anyNonFinite ? Math.max(forNumbers, longestWord(survey) - right - 1) : forNumbers;
    }

    private Decimal.Limit limit(boolean shortest, int most, int least) {
        return scientific
                ? Decimal.Limit.afterFirst(shortest, most, least)
                : Decimal.Limit.fractional(shortest, most, least);
    }

    private int longestWord(Survey survey) {
        int infinity = options.infstr().length() + (sign != '-' || survey.anyNegativeInfinity ? 1 : 0);
        return Math.max(options.nanstr().length(), infinity);
    }

    /** Returns a number, padded with blanks to the common width. */
    String text(double number) {
        if (!Double.isFinite(number)) {
            String word = Double.isNaN(number) ? plus() + options.nanstr() : signOf(number) + options.infstr();
            return padLeft(word, left + 1 + right);
        }
        Decimal decimal = Decimal.of(Math.abs(number), kind, digits.limit);
        if (scientific) {
            return padLeft(signOf(number) + decimal.digits().charAt(0), left)
                    + '.'
                    + digits.fill(decimal.tail())
                    + exponent(decimal.exponent(), exponentDigits);
        }
        String fraction = digits.fill(decimal.fraction());
        return padLeft(signOf(number) + decimal.whole(), left)
                + '.'
                + fraction
                + " ".repeat(Math.max(0, right - fraction.length()));
    }

    /** Returns a scalar with the shortest digits, independent of the options. */
    static String scalar(double number, FloatKind kind, boolean keepsPoint) {
        boolean plain = Math.abs(number) >= 1e-4 && Math.abs(number) < 1e16;
        return scalar(number, kind, Decimal.Limit.SHORTEST, decimal -> plain, keepsPoint ? ".0" : "");
    }

    /**
     * Returns a scalar with six digits, as C's {@code %g} does. The ml_dtypes package prints bfloat16, float8 and float4
     * in this way.
     */
    static String sixDigits(double number) {
        Decimal.Limit six = Decimal.Limit.afterFirst(false, 5, -1);
        return scalar(number, FloatKind.DOUBLE, six, decimal -> decimal.exponent() >= -4 && decimal.exponent() < 6, "");
    }

    private static String scalar(
            double number, FloatKind kind, Decimal.Limit limit, Predicate<Decimal> isPlain, String noFraction) {
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? "nan" : number < 0 ? "-inf" : "inf";
        }
        String sign = isNegative(number) ? "-" : "";
        Decimal decimal = Decimal.of(Math.abs(number), kind, limit);
        if (number == 0 || isPlain.test(decimal)) {
            String fraction = decimal.fraction();
            return sign + decimal.whole() + (fraction.isEmpty() ? noFraction : "." + fraction);
        }
        String tail = decimal.tail();
        return sign
                + decimal.digits().charAt(0)
                + (tail.isEmpty() ? "" : "." + tail)
                + exponent(decimal.exponent(), MIN_EXPONENT_DIGITS);
    }

    private static String exponent(int exponent, int digits) {
        String magnitude = Integer.toString(Math.abs(exponent));
        return (exponent < 0 ? "e-" : "e+") + "0".repeat(Math.max(0, digits - magnitude.length())) + magnitude;
    }

    private String signOf(double number) {
        return isNegative(number) ? "-" : plus();
    }

    private String plus() {
        return sign == '+' ? "+" : "";
    }

    private static boolean isNegative(double number) {
        return Double.doubleToRawLongBits(number) < 0;
    }

    private static String padLeft(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    /** Determines which kinds of numbers occur, and their range. */
    private static final class Survey {
        private double largest;
        private double smallest = Double.POSITIVE_INFINITY;
        private boolean anyFinite;
        private boolean anyMinus;
        private boolean anyNonFinite;
        private boolean anyNegativeInfinity;

        void add(double number) {
            if (!Double.isFinite(number)) {
                anyNonFinite = true;
                anyNegativeInfinity |= number == Double.NEGATIVE_INFINITY;
                return;
            }
            anyFinite = true;
            anyMinus |= isNegative(number);
            if (number != 0) {
                largest = Math.max(largest, Math.abs(number));
                smallest = Math.min(smallest, Math.abs(number));
            }
        }

        boolean needsExponent(FloatKind kind, boolean suppress) {
            if (largest == 0) {
                return false;
            }
            return largest >= 1e8 || (!suppress && (smallest < 1e-4 || kind.isMoreThanThousandfold(largest, smallest)));
        }
    }

    /** The maximum number of characters before and after the decimal point, and in the exponent. */
    private final class Widths {
        private int whole;
        private int fraction;
        private int exponent = MIN_EXPONENT_DIGITS;

        void add(double number, Digits alone) {
            if (!Double.isFinite(number)) {
                return;
            }
            Decimal decimal = Decimal.of(Math.abs(number), kind, alone.limit);
            String before = scientific ? decimal.digits().substring(0, 1) : decimal.whole();
            String after = scientific ? decimal.tail() : decimal.fraction();
            whole = Math.max(whole, signOf(number).length() + before.length());
            fraction = Math.max(fraction, alone.fill(after).length());
            exponent = Math.max(
                    exponent, Integer.toString(Math.abs(decimal.exponent())).length());
        }
    }
}
