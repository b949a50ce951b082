package org.tfckpt.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorNamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "v", "layer/kernel", "größe", "名前", "\0", "😀/𝄞", "\uFFFD", "a\uFFFD😀"})
    void utf8NamesAreUnchanged(String name) {
        assertThat(TensorNames.decode(name.getBytes(UTF_8))).isEqualTo(name);
        assertThat(TensorNames.encode(name)).isEqualTo(name.getBytes(UTF_8));
        assertThat(TensorNames.isUtf8(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ff",
                "80",
                "c3",
                "c328",
                "e28228",
                "f09f98",
                "eda080",
                "edb280",
                "c080",
                "f8888080",
                "efbfbdff",
                "61ff62"
            })
    void otherBytesSurviveARoundTrip(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        String name = TensorNames.decode(bytes);
        assertThat(TensorNames.encode(name)).isEqualTo(bytes);
        assertThat(TensorNames.isUtf8(name)).isFalse();
    }

    @Test
    void randomBytesSurviveARoundTripAndHaveDistinctNames() {
        Random random = new Random(1);
        byte[] likely = HexFormat.of().parseHex("00617fc2c3a9e28080f09f9880edb2bfefbfbdff");
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = random.nextInt(4) == 0 ? (byte) random.nextInt() : likely[random.nextInt(likely.length)];
            }
            assertThat(TensorNames.encode(TensorNames.decode(bytes)))
                    .as(HexFormat.of().formatHex(bytes))
                    .isEqualTo(bytes);
        }
    }

    @Test
    void aPartOfAnArrayIsDecoded() {
        byte[] bytes = HexFormat.of().parseHex("6161ff6262");
        assertThat(TensorNames.decode(bytes, 1, 3)).isEqualTo("a\uDCFFb");
    }

    @Test
    void orderIsThatOfUnsignedBytes() {
        List<String> inOrder = List.of("", "\0", "Z", "a", "a/b", "a0", "é", "\uFFFD", "😀", "\uDCFE", "\uDCFF");
        List<String> sorted = new ArrayList<>(inOrder);
        java.util.Collections.shuffle(sorted, new Random(3));
        sorted.sort(TensorNames.ORDER);
        assertThat(sorted).isEqualTo(inOrder);
        // Java's own order puts the surrogates of an emoji below U+FFFD.
        assertThat("😀".compareTo("\uFFFD")).isNegative();
    }

    @Test
    void orderOfRandomNamesIsThatOfTheirBytes() {
        Random random = new Random(4);
        byte[][] names = new byte[300][];
        for (int i = 0; i < names.length; i++) {
            names[i] = new byte[random.nextInt(5)];
            random.nextBytes(names[i]);
        }
        for (byte[] a : names) {
            for (byte[] b : names) {
                int bytes = Integer.signum(Arrays.compareUnsigned(a, b));
                int ordered = TensorNames.ORDER.compare(TensorNames.decode(a), TensorNames.decode(b));
                assertThat(Integer.signum(ordered)).isEqualTo(bytes);
            }
        }
    }

    @Test
    void printableNamesStayOnOneLine() {
        assertThat(TensorNames.printable("größe/😀")).isEqualTo("größe/😀");
        assertThat(TensorNames.printable("a\n\u001b[31m\0\u009b\uDCFF")).isEqualTo("a\\x0a\\x1b[31m\\x00\\x9b\\xff");
    }
}
