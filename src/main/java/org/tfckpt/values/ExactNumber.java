package org.tfckpt.values;

import java.math.BigInteger;

/**
 * The number {@code value} × 2^{@code exponent}. Immutable.
 *
 * @param value an integer
 * @param exponent the power of two
 */
record ExactNumber(BigInteger value, int exponent) {
    static final ExactNumber ZERO = new ExactNumber(BigInteger.ZERO, 0);
    /** More bits than a double has, so that the rest only decides whether a result is rounded up. */
    private static final int WORKING_PRECISION = 80 + Long.SIZE;

    ExactNumber plus(ExactNumber other) {
        int smaller = Math.min(exponent, other.exponent);
        return new ExactNumber(other.at(smaller).add(at(smaller)), smaller);
    }

    ExactNumber minus(ExactNumber other) {
        return plus(new ExactNumber(other.value.negate(), other.exponent));
    }

    ExactNumber times(ExactNumber other) {
        return new ExactNumber(value.multiply(other.value), exponent + other.exponent);
    }

    ExactNumber times(long factor) {
        return new ExactNumber(value.multiply(BigInteger.valueOf(factor)), exponent);
    }

    private BigInteger at(int smaller) {
        return value.shiftLeft(exponent - smaller);
    }

    /** Returns a number that is not negative without bits that do not matter: exact sums can have thousands. */
    private ExactNumber shortened() {
        int dropped = value.bitLength() - 2 * WORKING_PRECISION;
        if (dropped <= 0) {
            return this;
        }
        BigInteger top = value.shiftRight(dropped);
        return new ExactNumber(value.getLowestSetBit() < dropped ? top.setBit(0) : top, exponent + dropped);
    }

    /** Returns this number, which must not be negative, divided by a positive one, more precisely than a double. */
    ExactNumber dividedBy(ExactNumber divisor) {
        ExactNumber x = shortened();
        ExactNumber y = divisor.shortened();
        int shift = Math.max(0, 2 * WORKING_PRECISION + y.value.bitLength() - x.value.bitLength());
        return new ExactNumber(x.value.shiftLeft(shift).divide(y.value), x.exponent - y.exponent - shift);
    }

    /** Returns this number divided by a positive one, rounded to the nearest double. */
    double dividedBy(long divisor) {
        int shift = Math.max(0, WORKING_PRECISION - value.bitLength());
        BigInteger[] parts = value.shiftLeft(shift).divideAndRemainder(BigInteger.valueOf(divisor));
        return rounded(parts[0], exponent - shift, parts[1].signum() != 0);
    }

    /** Returns the root of this number, which must not be negative, divided by a positive one. */
    double rootDividedBy(long divisor) {
        ExactNumber x = shortened();
        int shift = Math.max(0, 2 * WORKING_PRECISION - x.value.bitLength());
        shift += (x.exponent - shift) & 1;
        BigInteger root = x.value.shiftLeft(shift).sqrt();
        return new ExactNumber(root, (x.exponent - shift) / 2).dividedBy(divisor);
    }

    double toDouble() {
        return rounded(value, exponent, false);
    }

    /** Rounds to the nearest double; {@code inexact} if {@code value} was truncated. */
    private static double rounded(BigInteger value, int exponent, boolean inexact) {
        if (value.signum() == 0) {
            return 0;
        }
        BigInteger magnitude = value.abs();
        int dropped = Math.max(0, magnitude.bitLength() - (Long.SIZE - 1));
        long top = magnitude.shiftRight(dropped).longValueExact();
        if (inexact || magnitude.getLowestSetBit() < dropped) {
            top |= 1;
        }
        double result = scaled(top, exponent + dropped);
        return value.signum() < 0 ? -result : result;
    }

    /** Scales in two steps, because a factor can be beyond the range of a double where the result is not. */
    private static double scaled(long top, int exponent) {
        int half = Math.max(-1000, Math.min(900, exponent));
        return Math.scalb(Math.scalb((double) top, half), exponent - half);
    }
}
