package org.tfckpt.values;

/** Complex numbers. */
final class Complex {
    /** Squares of magnitudes between these limits neither overflow nor lose bits. */
    private static final double LARGE = 0x1p500;

    private static final double SMALL = 0x1p-400;
    private static final double SCALE = 0x1p600;

    private Complex() {}

    /** Returns the absolute value, rounded to the nearest double except in rare cases; infinite if a part is. */
    static double absolute(double real, double imaginary) {
        double a = Math.abs(real);
        double b = Math.abs(imaginary);
        double larger = Math.max(a, b);
        double smaller = Math.min(a, b);
        if (!(larger < Double.POSITIVE_INFINITY) || smaller == 0) {
            return Math.hypot(a, b);
        }
        if (larger >= LARGE) {
            return ofScaled(larger / SCALE, smaller / SCALE) * SCALE;
        }
        return larger <= SMALL ? ofScaled(larger * SCALE, smaller * SCALE) / SCALE : ofScaled(larger, smaller);
    }

    /**
     * Corrects the rounded root by the error of its square.
     *
     * @see <a href="https://arxiv.org/abs/1904.09481">Borges, An improved algorithm for hypot(a,b)</a>
     */
    private static double ofScaled(double larger, double smaller) {
        double root = Math.sqrt(Math.fma(larger, larger, smaller * smaller));
        double square = root * root;
        double largerSquare = larger * larger;
        double error = Math.fma(-smaller, smaller, square - largerSquare)
                + Math.fma(root, root, -square)
                - Math.fma(larger, larger, -largerSquare);
        return root - error / (2 * root);
    }
}
