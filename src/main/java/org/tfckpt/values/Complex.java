package org.tfckpt.values;

/** Complex numbers. */
final class Complex {
    /** The squares of magnitudes between these limits neither overflow nor lose bits. */
    private static final double LARGE = 0x1p500;

    private static final double SMALL = 0x1p-450;

    private Complex() {}

    /** Returns the absolute value with an error of at most one unit in the last place; infinite if a part is. */
    static double absolute(double real, double imaginary) {
        double larger = Math.max(Math.abs(real), Math.abs(imaginary));
        // Not for NaN.
        boolean simple = larger < LARGE && larger > SMALL;
        return simple ? Math.sqrt(real * real + imaginary * imaginary) : Math.hypot(real, imaginary);
    }
}
