package org.tfckpt.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class Crc32cSumTest {
    @Test
    void theSumOfTwoPartsIsTheChecksumOfBoth() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[random.nextInt(1 << random.nextInt(15))];
            random.nextBytes(bytes);
            int cut = random.nextInt(bytes.length + 1);
            int whole = MaskedCrc32c.of(ByteBuffer.wrap(bytes));
            int first = MaskedCrc32c.of(ByteBuffer.wrap(bytes, 0, cut));
            int second = MaskedCrc32c.of(ByteBuffer.wrap(bytes, cut, bytes.length - cut));
            assertThat(Crc32cSum.of(first, second, bytes.length - cut)).isEqualTo(whole);
        }
    }

    @Test
    void combinesAnyNumberOfPartsIncludingEmptyOnes() {
        Random random = new Random(8);
        byte[] bytes = new byte[10_000];
        random.nextBytes(bytes);
        int sum = 0;
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(bytes.length - at, random.nextInt(3) == 0 ? 0 : random.nextInt(500));
            sum = Crc32cSum.of(sum, MaskedCrc32c.of(ByteBuffer.wrap(bytes, at, length)), length);
            at += length;
        }
        assertThat(sum).isEqualTo(MaskedCrc32c.of(ByteBuffer.wrap(bytes)));
    }

    @Test
    void supportsLengthsBeyondAnInt() {
        CRC32C crc = new CRC32C();
        crc.update(new byte[] {1, 2, 3});
        int first = (int) crc.getValue();
        byte[] zeros = new byte[1 << 24];
        for (int i = 0; i < 257; i++) {
            crc.update(zeros);
        }
        long length = 257L << 24;
        CRC32C behind = new CRC32C();
        for (int i = 0; i < 257; i++) {
            behind.update(zeros);
        }
        assertThat(Crc32cSum.of(first, (int) behind.getValue(), length)).isEqualTo((int) crc.getValue());
    }
}
