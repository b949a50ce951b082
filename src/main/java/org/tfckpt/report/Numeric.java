package org.tfckpt.report;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** Numbers as JSON values. Floating-point numbers are rounded to seven digits, the precision of float32. */
final class Numeric {
    private static final MathContext DIGITS = new MathContext(7);
    private static final BigInteger LARGEST_EXACT = BigInteger.ONE.shiftLeft(53);

    private Numeric() {}

    /** Returns a JSON value. Integers that JavaScript cannot represent, and infinities, are strings. */
    static String json(@Nullable Number number) {
        if (number == null) {
            return "null";
        }
        String text = text(number);
        boolean plain = number instanceof Double value
                ? Double.isFinite(value)
                : new BigInteger(text).abs().compareTo(LARGEST_EXACT) <= 0;
        return plain ? text : '"' + text + '"';
    }

    static String text(@Nullable Number number) {
        if (!(number instanceof Double value) || !Double.isFinite(value)) {
            return String.valueOf(number);
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
        return rounded.signum() == 0
                ? "0"
                : rounded.scale() <= 0 && rounded.precision() - rounded.scale() <= DIGITS.getPrecision()
                        ? rounded.toPlainString()
                        : rounded.toString();
    }
}
