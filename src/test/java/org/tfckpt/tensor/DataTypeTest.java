package org.tfckpt.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DataTypeTest {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
    void numbersEqualThoseOfTheGeneratedEnum(DataType type) {
        assertThat(DataType.ofNumber(type.number())).isEqualTo(type);
        assertThat(org.tfckpt.proto.DataType.forNumber(type.number())).hasToString(type.name());
        assertThat(DataType.enumName(type.number())).isEqualTo(type.name());
    }

    @Test
    void namesEqualThoseOfTheGeneratedEnum() {
        for (org.tfckpt.proto.DataType type : org.tfckpt.proto.DataType.values()) {
            if (type != org.tfckpt.proto.DataType.UNRECOGNIZED) {
                assertThat(DataType.enumName(type.getNumber())).isEqualTo(type.name());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,DT_FLOAT,float",
        "101,DT_FLOAT_REF,float_ref",
        "133,DT_FLOAT4_E2M1FN_REF,float4_e2m1fn_ref",
        "99,unknown dtype enum (99),unknown dtype enum (99)",
        "100,unknown dtype enum (100),unknown dtype enum (100)",
        "-1,unknown dtype enum (-1),unknown dtype enum (-1)",
        "2147483647,unknown dtype enum (2147483647),unknown dtype enum (2147483647)",
        "-2147483648,unknown dtype enum (-2147483648),unknown dtype enum (-2147483648)"
    })
    void namesForAnyNumber(int number, String enumName, String shortName) {
        assertThat(DataType.enumName(number)).isEqualTo(enumName);
        assertThat(DataType.shortName(number)).isEqualTo(shortName);
    }
}
