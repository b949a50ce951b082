package org.tfckpt.cli.numpy;

import java.math.BigInteger;

/**
 * A decimal number next to a binary one.
 *
 * <p>The digits come from Steele and White's algorithm ("Dragon4") over exact integers, since {@link Double#toString} does
 * not give the shortest ones before JDK 19, knows no halves and no limits.
 *
 * @param digits at least one, the first is not 0 unless the number rounds to 0
 * @param exponent the power of ten that the first digit stands for
 */
record Decimal(String digits, int exponent) {
    private static final Decimal ZERO = new Decimal("0", 0);
    private static final double LOG10_OF_2 = Math.log10(2);
    private static final int NONE = Integer.MIN_VALUE;

    /**
     * How many digits to give.
     *
     * @param shortest stop as soon as the digits tell the number from its neighbours; else go on until the exact value
     *     or {@code most} is reached
     * @param fractional whether the counts are those of digits after the decimal point, else of all digits
     * @param most digits at most, or −1
     * @param least digits at least where {@code shortest}, or −1; they are those of the exact value
     */
    record Limit(boolean shortest, boolean fractional, int most, int least) {
        static final Limit SHORTEST = new Limit(true, false, -1, -1);

        static Limit fractional(boolean shortest, int most, int least) {
            return new Limit(shortest, true, most, least);
        }

        static Limit afterFirst(boolean shortest, int most, int least) {
            return new Limit(shortest, false, most < 0 ? -1 : most + 1, least < 0 ? -1 : least + 1);
        }

        private int lastPosition(int digits, int firstPosition) {
            return fractional ? -digits : firstPosition + 1 - digits;
        }
    }

    /**
     * The closest decimal number within the limit; of two equally close ones the one with an even last digit.
     *
     * @param magnitude finite, not negative
     * @param kind the format whose neighbours count
     */
    static Decimal of(double magnitude, FloatKind kind, Limit limit) {
        return magnitude == 0 ? ZERO : new Generator(magnitude, kind, limit).run();
    }

    /** Digits before the decimal point, at least one. */
    String whole() {
        if (exponent < 0) {
            return "0";
        }
        int length = exponent + 1;
        return digits.length() >= length ? digits.substring(0, length) : digits + "0".repeat(length - digits.length());
    }

    /** Digits after the decimal point, possibly none. */
    String fraction() {
        if (exponent < 0) {
            return "0".repeat(-exponent - 1) + digits;
        }
        return exponent + 1 < digits.length() ? digits.substring(exponent + 1) : "";
    }

    /** Digits after the first. */
    String tail() {
        return digits.substring(1);
    }

    /** The state while digits are made: the rest is {@code value / scale}, half the gaps likewise. */
    private static final class Generator {
        private final Limit limit;
        private final boolean isEven;
        private final StringBuilder digits = new StringBuilder(20);
        private BigInteger value;
        private BigInteger scale;
        private BigInteger halfGapBelow;
        private BigInteger halfGapAbove;
        private int firstPosition;

        Generator(double magnitude, FloatKind kind, Limit limit) {
            this.limit = limit;
            long significand = kind.significand(magnitude);
            int exponent = kind.exponent(magnitude);
            isEven = (significand & 1) == 0;
            int narrow = kind.hasNarrowGapBelow(magnitude) ? 1 : 0;
            int up = Math.max(exponent, 0);
            value = BigInteger.valueOf(significand).shiftLeft(1 + narrow + up);
            scale = BigInteger.ONE.shiftLeft(1 + narrow + Math.max(-exponent, 0));
            halfGapBelow = BigInteger.ONE.shiftLeft(up);
            halfGapAbove = halfGapBelow.shiftLeft(narrow);
            int log2 = Long.SIZE - 1 - Long.numberOfLeadingZeros(significand) + exponent;
            moveToFirstDigit(log2);
        }

        private void moveToFirstDigit(int log2) {
            // Right or one too small.
            int position = (int) Math.ceil(log2 * LOG10_OF_2 - 0.69) - 1;
            if (limit.most >= 0 && limit.fractional) {
                // A number below the last place that counts rounds to 0 or 1 there.
                position = Math.max(position, -limit.most);
            }
            if (position + 1 > 0) {
                scale = scale.multiply(BigInteger.TEN.pow(position + 1));
            } else if (position + 1 < 0) {
                multiply(BigInteger.TEN.pow(-position - 1));
            }
            if (value.compareTo(scale) >= 0) {
                position++;
            } else {
                multiply(BigInteger.TEN);
            }
            firstPosition = position;
        }

        private void multiply(BigInteger factor) {
            value = value.multiply(factor);
            if (limit.shortest) {
                boolean sameGaps = halfGapAbove.equals(halfGapBelow);
                halfGapBelow = halfGapBelow.multiply(factor);
                halfGapAbove = sameGaps ? halfGapBelow : halfGapAbove.multiply(factor);
            }
        }

        Decimal run() {
            int last = limit.most < 0 ? NONE : limit.lastPosition(limit.most, firstPosition);
            int enough = limit.least < 0
                    ? firstPosition
                    : Math.min(firstPosition, limit.lastPosition(limit.least, firstPosition));
            for (int position = firstPosition; ; position--) {
                BigInteger[] division = value.divideAndRemainder(scale);
                int digit = division[0].intValue();
                value = division[1];
                boolean downFits = false;
                boolean upFits = false;
                if (limit.shortest) {
                    int below = value.compareTo(halfGapBelow);
                    int above = value.add(halfGapAbove).compareTo(scale);
                    downFits = isEven ? below <= 0 : below < 0;
                    upFits = isEven ? above >= 0 : above > 0;
                }
                boolean done = limit.shortest ? (downFits || upFits) && position <= enough : value.signum() == 0;
                if (done || position == last) {
                    boolean up = downFits == upFits ? isCloserToNext(digit) : upFits;
                    return round(digit, up);
                }
                digits.append((char) ('0' + digit));
                multiply(BigInteger.TEN);
            }
        }

        private boolean isCloserToNext(int digit) {
            int comparison = value.shiftLeft(1).compareTo(scale);
            return comparison > 0 || (comparison == 0 && (digit & 1) != 0);
        }

        private Decimal round(int digit, boolean up) {
            if (!up || digit < 9) {
                digits.append((char) ('0' + digit + (up ? 1 : 0)));
                return new Decimal(digits.toString(), firstPosition);
            }
            int end = digits.length();
            while (end > 0 && digits.charAt(end - 1) == '9') {
                end--;
            }
            if (end == 0) {
                return new Decimal("1", firstPosition + 1);
            }
            digits.setLength(end);
            digits.setCharAt(end - 1, (char) (digits.charAt(end - 1) + 1));
            return new Decimal(digits.toString(), firstPosition);
        }
    }
}
