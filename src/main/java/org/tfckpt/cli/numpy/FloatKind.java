package org.tfckpt.cli.numpy;

/** A binary floating-point format whose numbers a double can hold. */
enum FloatKind {
    HALF(11, -24, 5),
    SINGLE(24, -149, 9),
    DOUBLE(53, -1074, 17);

    private final int significantBits;
    private final int leastExponent;
    private final int maxDigits;

    FloatKind(int significantBits, int leastExponent, int maxDigits) {
        this.significantBits = significantBits;
        this.leastExponent = leastExponent;
        this.maxDigits = maxDigits;
    }

    /** Returns the number of decimal digits that distinguish any two numbers of this format. */
    int maxDigits() {
        return maxDigits;
    }

    /** Returns the power of two of the last bit of a finite number. It is the same for all subnormal numbers. */
    int exponent(double value) {
        return Math.max(Math.getExponent(value) - significantBits + 1, leastExponent);
    }

    /** Returns a positive finite number divided by two to the power of {@link #exponent}. */
    long significand(double value) {
        // In two steps, since the factor may exceed the range of a double.
        int exponent = exponent(value);
        return (long) Math.scalb(Math.scalb(value, -exponent / 2), -exponent - -exponent / 2);
    }

    /** Returns whether the next smaller number is only half as far away as the next larger one. */
    boolean hasNarrowGapBelow(double value) {
        return significand(value) == 1L << (significantBits - 1) && exponent(value) > leastExponent;
    }

    /** Returns whether the quotient, rounded to this format as in NumPy, is above 1000. */
    boolean isMoreThanThousandfold(double large, double small) {
        return switch (this) {
            case DOUBLE -> large / small > 1000;
            case SINGLE -> (float) large / (float) small > 1000;
            // Half-precision numbers near 1000 are 0.5 apart, and 1000.25 rounds to even, to 1000.
            case HALF -> (float) large / (float) small > 1000.25f;
        };
    }
}
