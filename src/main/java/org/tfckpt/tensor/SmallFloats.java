package org.tfckpt.tensor;

/**
 * Converts between floating-point formats of at most 16 bits and {@code float} or {@code double}. Conversions to
 * {@code float} are exact.
 *
 * <p>The formats are IEEE 754 binary16 (half), the upper half of binary32 (bfloat16), and the 8-bit and 4-bit formats
 * of the {@code ml_dtypes} package.
 */
public final class SmallFloats {
    private static final int FLOAT_BIAS = 127;
    private static final int FLOAT_MANTISSA = 23;

    private static final int DOUBLE_BIAS = 1023;
    private static final int DOUBLE_MANTISSA = 52;

    private SmallFloats() {}

    /**
     * Converts a bfloat16 to a float.
     *
     * @param bits the 16 bits
     * @return the value, exact
     */
    public static float bfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /**
     * Converts an IEEE half to a float.
     *
     * @param bits the 16 bits
     * @return the value, exact; a NaN keeps its payload
     */
    public static float half(short bits) {
        return Halves.VALUES[bits & 0xffff];
    }

    /** All halves as floats, 256 KiB. A lookup takes a third to a half of the time of the computation. */
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
     * Rounds to the nearest bfloat16, ties to even. Values that exceed the largest bfloat16 by at least half a unit in
     * its last place become infinite.
     *
     * @param value any value
     * @return the 16 bits; for a NaN, a quiet NaN with the same sign and the first bits of its payload
     */
    public static short toBfloat16(double value) {
        return (short) rounded(value, 7, FLOAT_BIAS);
    }

    /**
     * Rounds to the nearest IEEE half, ties to even. Values with a magnitude of 65520 or more become infinite.
     *
     * @param value any value
     * @return the 16 bits; for a NaN, a quiet NaN with the same sign and the first bits of its payload
     */
    public static short toHalf(double value) {
        return (short) rounded(value, 10, 15);
    }

    /** Rounds the double directly: a conversion to float first would round twice. */
    private static int rounded(double value, int mantissaBits, int bias) {
        long bits = Double.doubleToRawLongBits(value);
        int sign = (int) (bits >>> 63) << 15;
        int exponent = (int) ((bits >>> DOUBLE_MANTISSA) & 0x7ff) - DOUBLE_BIAS;
        long mantissa = bits & ((1L << DOUBLE_MANTISSA) - 1);
        int infinity = (2 * bias + 1) << mantissaBits;
        if (Double.isNaN(value)) {
            return sign | infinity | (1 << (mantissaBits - 1)) | (int) (mantissa >>> (DOUBLE_MANTISSA - mantissaBits));
        }
        // For subnormal results, the unit in the last place is constant.
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
        // A carry out of the mantissa correctly increments the exponent.
        long result = ((long) Math.max(0, exponent + bias - 1) << mantissaBits) + kept;
        return sign | (int) Math.min(result, infinity);
    }

    /**
     * Converts an 8-bit or 4-bit floating-point number to a float.
     *
     * @param type a float8 dtype, or {@link DataType#DT_FLOAT4_E2M1FN}
     * @param bits the byte
     * @return the value, exact
     * @throws IllegalArgumentException if {@code type} is another dtype
     */
    public static float small(DataType type, byte bits) {
        return switch (type) {
            case DT_FLOAT8_E5M2 -> half((short) (bits << 8));
            case DT_FLOAT8_E4M3FN -> (bits & 0x7f) == 0x7f ? Float.NaN : decode(bits, 3, 7);
            case DT_FLOAT8_E4M3FNUZ -> unsignedZero(bits, 3, 8);
            case DT_FLOAT8_E4M3B11FNUZ -> unsignedZero(bits, 3, 11);
            case DT_FLOAT8_E5M2FNUZ -> unsignedZero(bits, 2, 16);
            case DT_FLOAT4_E2M1FN -> decode((byte) (((bits & 8) << 4) | (bits & 7)), 1, 1);
            default -> throw new IllegalArgumentException(type + " is not an 8-bit or 4-bit floating-point dtype");
        };
    }

    /** In formats without negative zero, its bits represent NaN, the only one. */
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

    /**
     * Rounds to the nearest 8-bit or 4-bit floating-point number, ties to even. Values beyond the largest finite number
     * become the largest one or, if they exceed it by at least half of its distance to the one below, infinite or, in a
     * format without infinities, NaN.
     *
     * @param type a float8 dtype, or {@link DataType#DT_FLOAT4_E2M1FN}, which has no NaN either: there, NaN becomes 0, and
     *     values that are too large become the largest finite number
     * @param value any value
     * @return the byte
     * @throws IllegalArgumentException if {@code type} is another dtype
     */
    public static byte toSmall(DataType type, double value) {
        int count = type == DataType.DT_FLOAT4_E2M1FN ? 8 : 1 << 7;
        boolean signed = type != DataType.DT_FLOAT8_E4M3FNUZ
                && type != DataType.DT_FLOAT8_E4M3B11FNUZ
                && type != DataType.DT_FLOAT8_E5M2FNUZ;
        int sign = Double.doubleToRawLongBits(value) < 0 ? count : 0;
        int largest = largestFinite(type, count);
        if (Double.isNaN(value) && type != DataType.DT_FLOAT4_E2M1FN) {
            return type == DataType.DT_FLOAT8_E5M2 ? (byte) (sign | 0x7e) : signed ? (byte) (sign | 0x7f) : (byte) 0x80;
        }
        double magnitude = Math.abs(value);
        int low = 0;
        int high = largest;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (small(type, (byte) middle) <= magnitude) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        double below = small(type, (byte) low);
        double above = low < largest ? small(type, (byte) (low + 1)) : 2 * below - small(type, (byte) (low - 1));
        double middle = below + (above - below) / 2;
        int rounded = magnitude > middle || (magnitude == middle && (low & 1) == 1) ? low + 1 : low;
        if (rounded > largest) {
            return beyond(type, sign, signed, largest);
        }
        return (byte) (rounded == 0 && !signed ? 0 : sign | rounded);
    }

    private static int largestFinite(DataType type, int count) {
        int largest = count - 1;
        while (!Float.isFinite(small(type, (byte) largest))) {
            largest--;
        }
        return largest;
    }

    private static byte beyond(DataType type, int sign, boolean signed, int largest) {
        return switch (type) {
            case DT_FLOAT8_E5M2 -> (byte) (sign | 0x7c);
            case DT_FLOAT4_E2M1FN -> (byte) (sign | largest);
            default -> signed ? (byte) (sign | 0x7f) : (byte) 0x80;
        };
    }
}
