package org.tfckpt.values;

/** Complex numbers. */
final class Complex {
    /** Squares between these limits neither overflow nor lose bits. */
    private static final double LARGE = 0x1p1000;

    private static final double SMALL = 0x1p-900;

    private Complex() {}

    /** Returns the absolute value, with an error of at most one unit in the last place; infinite if a part is. */
    static double absolute(double real, double imaginary) {
        double square = real * real + imaginary * imaginary;
        return square > SMALL && square < LARGE ? Math.sqrt(square) : Math.hypot(real, imaginary);
    }
}
