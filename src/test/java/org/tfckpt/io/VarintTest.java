package org.tfckpt.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {
    @Test
    void roundTripForEveryWidth() throws IOException {
        for (int bit = 0; bit < 64; bit++) {
            for (long number : new long[] {(1L << bit) - 1, 1L << bit, (1L << bit) + 1}) {
                byte[] encoded = encode(number);
                assertThat(encoded.length).isEqualTo(Math.max(1, (64 - Long.numberOfLeadingZeros(number) + 6) / 7));
                ByteBuffer in = ByteBuffer.wrap(encoded);
                assertThat(Varint.read64(in)).isEqualTo(number);
                assertThat(in.hasRemaining()).isFalse();
            }
        }
    }

    @Test
    void everyProperPrefixIsRejected() {
        byte[] encoded = encode(-1);
        assertThat(encoded).hasSize(Varint.MAX_LENGTH_64);
        for (int length = 0; length < encoded.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(encoded, length));
            assertThatExceptionOfType(MalformedBytesException.class).isThrownBy(() -> Varint.read64(cut));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"8080808080808080808001", "ffffffffffffffffffffff01"})
    void moreThanTenBytesAreRejected(String hex) {
        ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        assertThatExceptionOfType(MalformedBytesException.class).isThrownBy(() -> Varint.read64(in));
    }

    @Test
    void bitsBeyondThe64thAreIgnored() throws IOException {
        assertThat(Varint.read64(ByteBuffer.wrap(HexFormat.of().parseHex("ffffffffffffffffff02"))))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void unnecessarilyLongEncodingsAreAccepted() throws IOException {
        assertThat(Varint.read64(ByteBuffer.wrap(HexFormat.of().parseHex("808000"))))
                .isZero();
    }

    private static byte[] encode(long number) {
        ByteBuffer out = ByteBuffer.allocate(Varint.MAX_LENGTH_64);
        Varint.write64(out, number);
        return Arrays.copyOf(out.array(), out.position());
    }
}
