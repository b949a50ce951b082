package org.tfckpt.tensor;

/**
 * Floats of 16 bits and fewer as singles, and back. Every value of them is one of a single's, so nothing is rounded on
 * the way there.
 *
 * <p>The formats are IEEE 754's binary16, the upper half of binary32 (bfloat16), and those of the ML types that
 * TensorFlow took over.
 */
public final class SmallFloats {
    private static final int FLOAT_BIAS = 127;
    private static final int FLOAT_MANTISSA = 23;

    private static final int DOUBLE_BIAS = 1023;
    private static final int DOUBLE_MANTISSA = 52;

    private SmallFloats() {}

    /**
     * A bfloat16.
     *
     * @param bits the 16 bits
     * @return the same value
     */
    public static float bfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /**
     * An IEEE half.
     *
     * @param bits the 16 bits
     * @return the same value; a NaN keeps its payload
     */
    public static float half(short bits) {
        return Halves.VALUES[bits & 0xffff];
    }

    /** All halves as singles, 256 KiB: looking one up takes a third to a half of the time of computing it. */
    private static final class Halves {
        private static final float[] VALUES = new float[1 << Short.SIZE];

        static {
            for (int bits = 0; bits < VALUES.length; bits++) {
                VALUES[bits] = computedHalf(bits);
            }
        }
    }

    private static float computedHalf(int bits) {
        int sign = (bits & 0x8000) << 16;
        int exponent = (bits >>> 10) & 0x1f;
        int mantissa = bits & 0x3ff;
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | 0x7f80_0000 | (mantissa << 13));
        }
        if (exponent == 0) {
            float magnitude = mantissa * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        return Float.intBitsToFloat(sign | ((exponent + FLOAT_BIAS - 15) << FLOAT_MANTISSA) | (mantissa << 13));
    }

    /**
     * The nearest bfloat16; of two as near the one whose last bit is 0.
     *
     * @param value any; what is beyond the largest by half its last place, or more, becomes infinite
     * @return the 16 bits; of a NaN, a quiet one of the same sign and the first bits of its payload
     */
    public static short toBfloat16(double value) {
        return (short) rounded(value, 7, FLOAT_BIAS);
    }

    /**
     * The nearest IEEE half; of two as near the one whose last bit is 0.
     *
     * @param value any; from 65520 on it becomes infinite
     * @return the 16 bits; of a NaN, a quiet one of the same sign and the first bits of its payload
     */
    public static short toHalf(double value) {
        return (short) rounded(value, 10, 15);
    }

    /** From the double itself: by way of a single it would be rounded twice. */
    private static int rounded(double value, int mantissaBits, int bias) {
        long bits = Double.doubleToRawLongBits(value);
        int sign = (int) (bits >>> 63) << 15;
        int exponent = (int) ((bits >>> DOUBLE_MANTISSA) & 0x7ff) - DOUBLE_BIAS;
        long mantissa = bits & ((1L << DOUBLE_MANTISSA) - 1);
        int infinity = (2 * bias + 1) << mantissaBits;
        if (Double.isNaN(value)) {
            return sign | infinity | (1 << (mantissaBits - 1)) | (int) (mantissa >>> (DOUBLE_MANTISSA - mantissaBits));
        }
        // Below the smallest normal number the last place stays where it is.
        int below = Math.max(0, 1 - bias - exponent);
        int shift = DOUBLE_MANTISSA - mantissaBits + below;
        if (shift > DOUBLE_MANTISSA + 1) {
            return sign;
        }
        long significand = mantissa | (1L << DOUBLE_MANTISSA);
        long kept = significand >>> shift;
        long half = 1L << (shift - 1);
        long rest = significand & (2 * half - 1);
        if (rest > half || (rest == half && (kept & 1) == 1)) {
            kept++;
        }
        // A carry out of the mantissa makes the exponent one larger, as it should.
        long result = ((long) Math.max(0, exponent + bias - 1) << mantissaBits) + kept;
        return sign | (int) Math.min(result, infinity);
    }

    /**
     * A float of 8 or 4 bits.
     *
     * @param type one of the float8 dtypes or {@link DataType#DT_FLOAT4_E2M1FN}
     * @param bits the byte
     * @return the same value
     * @throws IllegalArgumentException for another dtype
     */
    public static float small(DataType type, byte bits) {
        return switch (type) {
            case DT_FLOAT8_E5M2 -> half((short) (bits << 8));
            case DT_FLOAT8_E4M3FN -> (bits & 0x7f) == 0x7f ? Float.NaN : decode(bits, 3, 7);
            case DT_FLOAT8_E4M3FNUZ -> unsignedZero(bits, 3, 8);
            case DT_FLOAT8_E4M3B11FNUZ -> unsignedZero(bits, 3, 11);
            case DT_FLOAT8_E5M2FNUZ -> unsignedZero(bits, 2, 16);
            case DT_FLOAT4_E2M1FN -> decode((byte) (((bits & 8) << 4) | (bits & 7)), 1, 1);
            default -> throw new IllegalArgumentException(type + " is not a float of 8 or 4 bits");
        };
    }

    /** The formats without a negative zero have their one NaN there. */
    private static float unsignedZero(byte bits, int mantissaBits, int bias) {
        return bits == Byte.MIN_VALUE ? Float.NaN : decode(bits, mantissaBits, bias);
    }

    private static float decode(byte bits, int mantissaBits, int bias) {
        int exponent = (bits & 0x7f) >>> mantissaBits;
        int mantissa = bits & ((1 << mantissaBits) - 1);
        float magnitude = exponent == 0
                ? Math.scalb((float) mantissa, 1 - bias - mantissaBits)
                : Math.scalb((float) (mantissa | (1 << mantissaBits)), exponent - bias - mantissaBits);
        return bits < 0 ? -magnitude : magnitude;
    }
}
