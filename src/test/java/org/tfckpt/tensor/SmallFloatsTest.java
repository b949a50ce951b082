package org.tfckpt.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every bit pattern of every format, against the formula of its definition. */
class SmallFloatsTest {
    /** (−1)^sign × 2^(exponent − bias) × (1 or 0).mantissa, in doubles. */
    private static double formula(int bits, int exponentBits, int mantissaBits, int bias) {
        int sign = bits >>> (exponentBits + mantissaBits);
        int exponent = (bits >>> mantissaBits) & ((1 << exponentBits) - 1);
        double fraction = (bits & ((1 << mantissaBits) - 1)) / Math.pow(2, mantissaBits);
        double magnitude =
                exponent == 0 ? fraction * Math.pow(2, 1 - bias) : (1 + fraction) * Math.pow(2, exponent - bias);
        return sign == 1 ? -magnitude : magnitude;
    }

    private static void assertSame(float actual, double expected, int bits) {
        assertThat(Double.doubleToLongBits(actual))
                .as("bits %x: %s, expected %s", bits, actual, expected)
                .isEqualTo(Double.doubleToLongBits(expected));
    }

    @Test
    void everyHalf() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = SmallFloats.half((short) bits);
            if ((bits & 0x7c00) == 0x7c00) {
                double special = (bits & 0x3ff) != 0
                        ? Double.NaN
                        : bits < 0x8000 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
                assertSame(value, special, bits);
            } else {
                assertSame(value, formula(bits, 5, 10, 15), bits);
            }
        }
    }

    @Test
    void everyBfloat16() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = SmallFloats.bfloat16((short) bits);
            if ((bits & 0x7f80) == 0x7f80) {
                double special = (bits & 0x7f) != 0
                        ? Double.NaN
                        : bits < 0x8000 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
                assertSame(value, special, bits);
            } else {
                assertSame(value, formula(bits, 8, 7, 127), bits);
            }
        }
    }

    @Test
    void everyFloat8E5m2() {
        for (int bits = 0; bits < 256; bits++) {
            double expected = switch (bits & 0x7f) {
                case 0x7c -> bits < 128 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
                case 0x7d, 0x7e, 0x7f -> Double.NaN;
                default -> formula(bits, 5, 2, 15);
            };
            assertSame(SmallFloats.small(DataType.DT_FLOAT8_E5M2, (byte) bits), expected, bits);
        }
    }

    @Test
    void everyFloat8E4m3fn() {
        for (int bits = 0; bits < 256; bits++) {
            double expected = (bits & 0x7f) == 0x7f ? Double.NaN : formula(bits, 4, 3, 7);
            assertSame(SmallFloats.small(DataType.DT_FLOAT8_E4M3FN, (byte) bits), expected, bits);
        }
    }

    @ParameterizedTest
    @CsvSource({"DT_FLOAT8_E4M3FNUZ,4,3,8", "DT_FLOAT8_E4M3B11FNUZ,4,3,11", "DT_FLOAT8_E5M2FNUZ,5,2,16"})
    void everyFloat8WithoutNegativeZero(DataType type, int exponentBits, int mantissaBits, int bias) {
        for (int bits = 0; bits < 256; bits++) {
            double expected = bits == 0x80 ? Double.NaN : formula(bits, exponentBits, mantissaBits, bias);
            assertSame(SmallFloats.small(type, (byte) bits), expected, bits);
        }
    }

    @Test
    void everyFloat4() {
        double[] values = {0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6};
        for (int bits = 0; bits < 256; bits++) {
            assertSame(SmallFloats.small(DataType.DT_FLOAT4_E2M1FN, (byte) bits), values[bits & 0xf], bits);
        }
    }

    /** From the tables of the ML types' definitions. */
    @ParameterizedTest
    @CsvSource({
        "DT_FLOAT8_E5M2,7b,57344",
        "DT_FLOAT8_E5M2,01,1.52587890625e-5",
        "DT_FLOAT8_E4M3FN,7e,448",
        "DT_FLOAT8_E4M3FN,01,0.001953125",
        "DT_FLOAT8_E4M3FNUZ,7f,240",
        "DT_FLOAT8_E4M3FNUZ,01,0.0009765625",
        "DT_FLOAT8_E4M3B11FNUZ,7f,30",
        "DT_FLOAT8_E5M2FNUZ,7f,57344",
        "DT_FLOAT8_E5M2FNUZ,01,7.62939453125e-6"
    })
    void publishedLimits(DataType type, String bits, float value) {
        assertThat(SmallFloats.small(type, (byte) Integer.parseInt(bits, 16))).isEqualTo(value);
    }

    @Test
    void otherDtypesAreRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> SmallFloats.small(DataType.DT_HALF, (byte) 0));
    }
}
