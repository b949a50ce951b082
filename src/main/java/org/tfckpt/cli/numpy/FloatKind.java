package org.tfckpt.cli.numpy;

/** A binary floating-point format whose numbers a double can hold, and how its numbers are made up. */
enum FloatKind {
    HALF(11, -24),
    SINGLE(24, -149),
    DOUBLE(53, -1074);

    private final int significantBits;
    private final int leastExponent;

    FloatKind(int significantBits, int leastExponent) {
        this.significantBits = significantBits;
        this.leastExponent = leastExponent;
    }

    /** The power of two that the last bit of a finite number stands for; the same for all subnormals. */
    int exponent(double value) {
        return Math.max(Math.getExponent(value) - significantBits + 1, leastExponent);
    }

    /** The bits of a positive finite number, as a multiple of two to the power of {@link #exponent}. */
    long significand(double value) {
        // In two steps: the whole factor may be beyond a double.
        int exponent = exponent(value);
        return (long) Math.scalb(Math.scalb(value, -exponent / 2), -exponent - -exponent / 2);
    }

    /** Whether the next smaller number is only half as far away as the next larger one. */
    boolean hasNarrowGapBelow(double value) {
        return significand(value) == 1L << (significantBits - 1) && exponent(value) > leastExponent;
    }

    /** Whether the quotient, rounded to this format as NumPy's division does, is above a thousand. */
    boolean isMoreThanThousandfold(double large, double small) {
        return switch (this) {
            case DOUBLE -> large / small > 1000;
            case SINGLE -> (float) large / (float) small > 1000;
            // Halves next to a thousand are 0.5 apart, and what lies in the middle goes to the even one.
            case HALF -> (float) large / (float) small > 1000.25f;
        };
    }
}
