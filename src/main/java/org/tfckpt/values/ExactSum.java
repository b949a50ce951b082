package org.tfckpt.values;

import java.math.BigInteger;

/**
 * A sum without rounding, as a fixed-point number in digits of 32 bits. Carries are propagated late: each digit has a
 * {@code long}. Since nothing is rounded, the order of the terms does not matter. Not thread-safe.
 *
 * @see <a href="https://arxiv.org/abs/1505.05571">Neal, Fast exact summation using small and large superaccumulators</a>
 */
final class ExactSum {
    private static final int DIGIT = 32;
    private static final long MASK = (1L << DIGIT) - 1;
    /** Each term adds less than 2^34 to a digit. */
    private static final int MAX_TERMS = 1 << 28;

    private static final int MANTISSA = 52;
    private static final int MIN_EXPONENT = -1074;

    private final int exponent;
    private final long[] digits;
    private int terms;

    /**
     * Creates a sum of 0.
     *
     * @param exponent terms are multiples of 2^exponent
     * @param bits the width of the largest term
     */
    ExactSum(int exponent, int bits) {
        this.exponent = exponent;
        this.digits = new long[bits / DIGIT + 4];
    }

    /** Adds {@code value} × 2^{@code shift}, in units of the smallest term. */
    void add(long value, int shift) {
        int digit = shift >>> 5;
        int within = shift & (DIGIT - 1);
        long low = (value & MASK) << within;
        long high = (value >> DIGIT) << within;
        digits[digit] += low & MASK;
        digits[digit + 1] += (low >>> DIGIT) + (high & MASK);
        digits[digit + 2] += high >> DIGIT;
        if (++terms == MAX_TERMS) {
            propagate();
        }
    }

    /** Adds {@code value} × 2^{@code scale}; the value must be finite. */
    void add(double value, int scale) {
        if (value == 0) {
            return;
        }
        long bits = Double.doubleToRawLongBits(value);
        int biased = (int) (bits >>> MANTISSA) & 0x7ff;
        long fraction = bits & ((1L << MANTISSA) - 1);
        long mantissa = biased == 0 ? fraction : fraction | (1L << MANTISSA);
        int shift = Math.max(0, biased - 1) + MIN_EXPONENT - exponent + scale;
        int trailing = Math.min(Math.max(0, -shift), Long.numberOfTrailingZeros(mantissa));
        add(bits < 0 ? -(mantissa >>> trailing) : mantissa >>> trailing, shift + trailing);
    }

    /** Adds another sum of the same kind. */
    void add(ExactSum other) {
        propagate();
        other.propagate();
        for (int i = 0; i < digits.length; i++) {
            digits[i] += other.digits[i];
        }
        terms = 1;
    }

    void reset() {
        java.util.Arrays.fill(digits, 0);
        terms = 0;
    }

    private void propagate() {
        long carry = 0;
        for (int i = 0; i < digits.length - 1; i++) {
            long digit = digits[i] + carry;
            digits[i] = digit & MASK;
            carry = digit >> DIGIT;
        }
        digits[digits.length - 1] += carry;
        terms = 1;
    }

    /** Returns the sum. */
    ExactNumber value() {
        propagate();
        byte[] bytes = new byte[digits.length * Integer.BYTES + Integer.BYTES];
        for (int i = 0; i < digits.length; i++) {
            putInt(bytes, bytes.length - (i + 1) * Integer.BYTES, digits[i]);
        }
        putInt(bytes, 0, digits[digits.length - 1] >> DIGIT);
        return new ExactNumber(new BigInteger(bytes), exponent);
    }

    private static void putInt(byte[] bytes, int at, long value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >> (DIGIT - Byte.SIZE * (i + 1)));
        }
    }
}
