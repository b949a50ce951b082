package org.tfckpt.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSwapTest {
    private static final HexFormat HEX = HexFormat.of();

    @ParameterizedTest
    @CsvSource({
        "1,1de5d017,1de5d017",
        "2,1de5d017f1eac0a1,e51d17d0eaf1a1c0",
        "4,0ddba115f01dab1e,15a1db0d1eab1df0",
        "8,f005ba11caba10005ca1ab1ecab005e5,0010baca11ba05f0e505b0ca1eaba15c"
    })
    @DisplayName("BE-01 the bytes of each unit are reversed")
    void be01_swapsUnits(int unit, String from, String to) {
        ByteBuffer swapped = ByteSwap.swapped(ByteBuffer.wrap(HEX.parseHex(from)), unit);

        assertThat(HEX.formatHex(swapped.array())).isEqualTo(to);
        assertThat(swapped.position()).isZero();
        assertThat(swapped.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void swapsInPlaceBetweenPositionAndLimit() {
        ByteBuffer bytes =
                ByteBuffer.wrap(HEX.parseHex("0ddba115f01dab1e")).position(2).limit(6);

        ByteSwap.swap(bytes, 2);

        assertThat(HEX.formatHex(bytes.array())).isEqualTo("0ddb15a11df0ab1e");
        assertThat(bytes.position()).isEqualTo(2);
    }

    @Test
    void rejectsPartialElementsAndOtherUnits() {
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSwap.swapped(ByteBuffer.allocate(6), 4));
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSwap.swapped(ByteBuffer.allocate(6), 3));
    }
}
