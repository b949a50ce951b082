package org.tfckpt.cli.numpy;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * A decimal approximation of a binary floating-point number. {@link Double#toString} does not serve: it does not print
 * the shortest digits before JDK 19, knows no half precision and no limits.
 *
 * @param digits at least one; the first and the last are not 0 unless the number rounds to 0
 * @param exponent the power of ten of the first digit
 */
record Decimal(String digits, int exponent) {
    private static final Decimal ZERO = new Decimal("0", 0);
    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    /**
     * The limits for the number of digits.
     *
     * @param shortest whether to stop at the digit that distinguishes the number from its neighbours in its binary
     *     format; otherwise the digits are those of the exact value
     * @param fractional whether {@code most} and {@code least} count digits after the decimal point, or all digits
     * @param most maximum number of digits, or −1
     * @param least minimum number of digits, or −1
     */
    record Limit(boolean shortest, boolean fractional, int most, int least) {
        static final Limit SHORTEST = new Limit(true, false, -1, -1);

        static Limit fractional(boolean shortest, int most, int least) {
            return new Limit(shortest, true, most, least);
        }

        static Limit afterFirst(boolean shortest, int most, int least) {
            return new Limit(shortest, false, most < 0 ? -1 : most + 1, least < 0 ? -1 : least + 1);
        }

        /** Returns the power of ten of the last of {@code count} digits. */
        private int lastPosition(int count, int firstPosition) {
            return fractional ? -count : firstPosition + 1 - count;
        }
    }

    /**
     * Returns the closest decimal number within the limit, with an even last digit if two are equally close.
     *
     * @param magnitude finite, not negative
     * @param kind the binary format that determines the neighbours
     */
    static Decimal of(double magnitude, FloatKind kind, Limit limit) {
        if (magnitude == 0) {
            return ZERO;
        }
        BigDecimal exact = new BigDecimal(magnitude);
        int first = exact.precision() - exact.scale() - 1;
        int last = limit.most < 0 ? Integer.MIN_VALUE : limit.lastPosition(limit.most, first);
        BigDecimal rounded;
        if (limit.shortest) {
            int least = limit.least < 0 ? first : Math.min(first, limit.lastPosition(limit.least, first));
            rounded = new Interval(exact, magnitude, kind)
                    .shortest(Math.max(last, least), Math.max(last, first - kind.maxDigits() + 1));
        } else {
            rounded = -last < exact.scale() ? exact.setScale(-last, RoundingMode.HALF_EVEN) : exact;
        }
        if (rounded.signum() == 0) {
            return ZERO;
        }
        rounded = rounded.stripTrailingZeros();
        return new Decimal(rounded.unscaledValue().toString(), rounded.precision() - rounded.scale() - 1);
    }

    /** Returns the digits before the decimal point, at least one. */
    String whole() {
        if (exponent < 0) {
            return "0";
        }
        int length = exponent + 1;
        return digits.length() >= length ? digits.substring(0, length) : digits + "0".repeat(length - digits.length());
    }

    /** Returns the digits after the decimal point, possibly none. */
    String fraction() {
        if (exponent < 0) {
            return "0".repeat(-exponent - 1) + digits;
        }
        return exponent + 1 < digits.length() ? digits.substring(exponent + 1) : "";
    }

    /** Returns the digits after the first. */
    String tail() {
        return digits.substring(1);
    }

    /** The decimal numbers that are closer to a binary number than to its neighbours. */
    private static final class Interval {
        private final BigDecimal exact;
        private final BigDecimal gapAbove;
        private final BigDecimal gapBelow;
        /** 0 if the bounds, halfway to the neighbours, belong to the interval: then they round to this number. */
        private final int bound;

        Interval(BigDecimal exact, double magnitude, FloatKind kind) {
            this.exact = exact;
            this.gapAbove = new BigDecimal(Math.scalb(1.0, kind.exponent(magnitude)));
            this.gapBelow = kind.hasNarrowGapBelow(magnitude) ? gapAbove.divide(TWO) : gapAbove;
            this.bound = (kind.significand(magnitude) & 1) == 0 ? 0 : -1;
        }

        /**
         * Returns the number with the fewest digits.
         *
         * @param high the position that must be reached
         * @param low the position that must not be passed
         */
        BigDecimal shortest(int high, int low) {
            int from = Math.min(low, high);
            int to = high;
            while (from < to) {
                int middle = Math.floorDiv(from + to + 1, 2);
                BigDecimal rest = exact.subtract(down(middle));
                if (holdsDown(rest) || holdsUp(rest, middle)) {
                    from = middle;
                } else {
                    to = middle - 1;
                }
            }
            BigDecimal down = down(from);
            BigDecimal rest = exact.subtract(down);
            boolean holdsDown = holdsDown(rest);
            if (holdsDown == holdsUp(rest, from)) {
                return exact.setScale(-from, RoundingMode.HALF_EVEN);
            }
            return holdsDown ? down : down.add(unit(from));
        }

        private BigDecimal down(int position) {
            return exact.setScale(-position, RoundingMode.DOWN);
        }

        private static BigDecimal unit(int position) {
            return BigDecimal.valueOf(1, -position);
        }

        private boolean holdsDown(BigDecimal rest) {
            return rest.multiply(TWO).compareTo(gapBelow) <= bound;
        }

        private boolean holdsUp(BigDecimal rest, int position) {
            return unit(position).subtract(rest).multiply(TWO).compareTo(gapAbove) <= bound;
        }
    }
}
