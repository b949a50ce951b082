package org.tfckpt.values;

import java.io.Serializable;
import java.math.BigInteger;

/**
 * A sum without rounding, as a fixed-point number in digits of 32 bits. Carries are propagated late: each digit has a
 * {@code long}. Since nothing is rounded, the order of the terms does not matter. Not thread-safe.
 *
 * @see <a href="https://arxiv.org/abs/1505.05571">Neal, Fast exact summation using small and large superaccumulators</a>
 */
final class ExactSum implements Serializable {
    private static final long serialVersionUID = 1;
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

    /** Adds {@code value} × 2^{@code scale}, a multiple of the unit. */
    void add(long value, int scale) {
        int shift = scale - exponent;
        if (shift < 0) {
            addTo(value >> -shift, 0);
        } else {
            addTo(value, shift);
        }
    }

    private void addTo(long value, int shift) {
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
        long mantissa = mantissa(value);
        add(value < 0 ? -mantissa : mantissa, exponent(value) + scale);
    }

    /** Adds the square of a finite value. */
    void addSquare(double value) {
        long mantissa = mantissa(value);
        long low = mantissa * mantissa;
        int scale = 2 * exponent(value);
        add(low & MASK, scale);
        add(low >>> DIGIT, scale + DIGIT);
        add(Math.multiplyHigh(mantissa, mantissa), scale + 2 * DIGIT);
    }

    /** Returns an odd integer, or 0; the magnitude of a value is a multiple of it by 2^{@link #exponent(double)}. */
    private static long mantissa(double value) {
        long bits = Double.doubleToRawLongBits(value);
        long fraction = bits & ((1L << MANTISSA) - 1);
        long mantissa = Math.abs(value) < Double.MIN_NORMAL ? fraction : fraction | (1L << MANTISSA);
        return mantissa == 0 ? 0 : mantissa >>> Long.numberOfTrailingZeros(mantissa);
    }

    private static int exponent(double value) {
        long bits = Double.doubleToRawLongBits(value);
        long fraction = bits & ((1L << MANTISSA) - 1);
        int biased = (int) (bits >>> MANTISSA) & 0x7ff;
        long mantissa = biased == 0 ? fraction : fraction | (1L << MANTISSA);
        return Math.max(0, biased - 1) + MIN_EXPONENT + Long.numberOfTrailingZeros(mantissa) % Long.SIZE;
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
        BigInteger value = new BigInteger(bytes);
        // Sums of common values have few digits that are not 0, and computing with these alone is much faster.
        int zeros = Math.max(0, value.getLowestSetBit());
        return new ExactNumber(value.shiftRight(zeros), exponent + zeros);
    }

    private static void putInt(byte[] bytes, int at, long value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >> (DIGIT - Byte.SIZE * (i + 1)));
        }
    }
}
