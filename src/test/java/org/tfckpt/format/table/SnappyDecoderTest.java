package org.tfckpt.format.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.testing.SnappyReference;

class SnappyDecoderTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void decodesRandomBlocksCompressedBySnappy() throws IOException {
        for (int seed = 0; seed < 4000; seed++) {
            byte[] bytes = sample(new Random(seed), 1 << (seed % 15));
            byte[] decoded = SnappyDecoder.decode(SnappyReference.compress(bytes));
            assertThat(Arrays.equals(decoded, bytes)).as("seed %d", seed).isTrue();
        }
    }

    @Test
    void decodesLargeInputs() throws IOException {
        for (int seed = 0; seed < 8; seed++) {
            byte[] bytes = sample(new Random(seed), 1_000_000);
            byte[] decoded = SnappyDecoder.decode(SnappyReference.compress(bytes));
            assertThat(Arrays.equals(decoded, bytes)).as("seed %d", seed).isTrue();
        }
    }

    /** Noise, runs and repeats of what came before, in a mixture that differs from sample to sample. */
    private static byte[] sample(Random random, int atMost) {
        byte[] bytes = new byte[random.nextInt(atMost + 1)];
        int noise = random.nextInt(4);
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextInt(10) == 0 ? 70_000 : 90));
            switch (random.nextInt(3 + noise)) {
                case 0 -> Arrays.fill(bytes, at, at + length, (byte) random.nextInt(3));
                case 1, 2 -> {
                    int from = at == 0 ? 0 : random.nextInt(at);
                    for (int i = 0; i < length; i++) {
                        bytes[at + i] = bytes[from + i];
                    }
                }
                default -> {
                    for (int i = 0; i < length; i++) {
                        bytes[at + i] = (byte) random.nextInt();
                    }
                }
            }
            at += length;
        }
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({
        "00,''",
        "0308616263,616263",
        "03f002616263,616263",
        "03f40200616263,616263",
        "03f8020000616263,616263",
        "03fc02000000616263,616263"
    })
    void decodesEveryFormOfALiteral(String compressed, String expected) throws IOException {
        assertThat(decode(compressed)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        // "ab", then 4 from 2 back: with an offset of 11, 16 and 32 bits.
        "06046162" + "0102,616261626162",
        "06046162" + "0e0200,616261626162",
        "06046162" + "0f02000000,616261626162",
        // A run of one byte, the longest copy.
        "410061" + "fe0100,6161616161616161616161616161616161616161616161616161616161616161"
                + "616161616161616161616161616161616161616161616161616161616161616161"
    })
    void decodesEveryFormOfACopy(String compressed, String expected) throws IOException {
        assertThat(decode(compressed)).isEqualTo(expected);
    }

    private static String decode(String compressed) throws IOException {
        return HEX.formatHex(SnappyDecoder.decode(HEX.parseHex(compressed)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // no length
                "80", // half a length
                "ffffffffffffffffffff01", // a length of more than 64 bits
                "ffffffff0f00", // 4 GiB from one byte
                "ffffffff0700", // 2 GiB
                "80808080100061", // 2^32 and a byte that is there
                "0461", // the length alone passes what an element could make
                "02006162", // a byte too many
                "0300", // a literal without its byte
                "01046162", // a literal above the length
                "03f0", // a literal without its length
                "03fcffffffff61", // a literal of 2^32
                "03fcffffff7f616263", // a literal of 2^31
                "0500610100", // a copy from 0 back
                "0500610102", // a copy from before the beginning
                "05006101", // a copy without its offset
                "0500610e01", // half an offset
                "0500610f0100", // less than half
                "0500610f000000ff", // an offset above 2^31
                "0500610f01000080",
                "040061" + "0101", // a copy above the length: 1 + 4
                "060061" + "0101", // below the length: 5 of 6
            })
    void rejectsHostileBlocks(String compressed) {
        byte[] bytes = HEX.parseHex(compressed);
        assertThatExceptionOfType(MalformedBytesException.class).isThrownBy(() -> SnappyDecoder.decode(bytes));
    }

    @Test
    void rejectsTruncationAtEveryByte() {
        for (int seed = 0; seed < 50; seed++) {
            byte[] compressed = SnappyReference.compress(sample(new Random(seed), 2000));
            for (int length = 0; length < compressed.length; length++) {
                byte[] cut = Arrays.copyOf(compressed, length);
                assertThatExceptionOfType(MalformedBytesException.class)
                        .as("seed %d, %d of %d bytes", seed, length, compressed.length)
                        .isThrownBy(() -> SnappyDecoder.decode(cut));
            }
        }
    }

    @Test
    void handlesEveryChangedByteLikeSnappy() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            byte[] compressed = SnappyReference.compress(sample(random, 600));
            for (int at = 0; at < compressed.length; at++) {
                byte[] changed = compressed.clone();
                changed[at] ^= (byte) (1 + random.nextInt(255));
                assertThat(outcome(() -> SnappyDecoder.decode(changed)))
                        .as("seed %d, byte %d", seed, at)
                        .isEqualTo(outcome(() -> SnappyReference.uncompress(changed)));
            }
        }
    }

    private interface Decoding {
        byte[] run() throws IOException;
    }

    private static String outcome(Decoding decoding) {
        try {
            return HEX.formatHex(decoding.run());
        } catch (IOException | java.io.UncheckedIOException refused) {
            return "refused";
        }
    }
}
