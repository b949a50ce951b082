package org.tfckpt.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.tensor.TensorSlice;

class SliceKeyTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    @DisplayName("SL-14 name and slice come back from a key")
    void sl14_roundTrip() {
        SliceKey key = new SliceKey("foo", TensorSlice.parse("-:-:1,3:4,5"));
        assertThat(SliceKey.decode(key.encode())).isEqualTo(key);
        SliceKey anyBytes = new SliceKey("a\0b\uDCFF\uDC80", TensorSlice.full(0));
        assertThat(SliceKey.decode(anyBytes.encode())).isEqualTo(anyBytes);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "foo | -:0,1 | 00666f6f00010102807f8081",
                "foo | -:1,9 | 00666f6f00010102807f8189",
                "k | '' | 006b000100"
            })
    @DisplayName("SL-15 keys as TensorFlow writes them")
    void sl15_knownKeys(String name, String slice, String hex) {
        SliceKey key = new SliceKey(name, TensorSlice.parse(slice));
        assertThat(HEX.formatHex(key.encode())).isEqualTo(hex);
        assertThat(SliceKey.decode(HEX.parseHex(hex))).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "666f6f",
                "0101666f6f000100",
                "006b000108ffffffffffffffff",
                "006b00010180",
                "006b0001018080ff"
            })
    void whatIsNoKeyOfASliceIsNone(String hex) {
        assertThat(SliceKey.decode(HEX.parseHex(hex))).isNull();
    }

    @Test
    void noPrefixOfAKeyIsAKey() {
        byte[] key = new SliceKey("foo", TensorSlice.parse("-:1,9")).encode();
        for (int length = 0; length < key.length; length++) {
            assertThat(SliceKey.decode(Arrays.copyOf(key, length))).isNull();
        }
    }
}
