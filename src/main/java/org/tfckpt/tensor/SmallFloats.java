package org.tfckpt.tensor;

/**
 * Floats of 16 bits and fewer as singles. Every value of them is one of a single's, so nothing is rounded.
 *
 * <p>The formats are IEEE 754's binary16, the upper half of binary32 (bfloat16), and those of the ML types that
 * TensorFlow took over.
 */
public final class SmallFloats {
    private static final int FLOAT_BIAS = 127;
    private static final int FLOAT_MANTISSA = 23;

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
