package org.tfckpt.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MaskedCrc32cTest {
    @Test
    @DisplayName("TBL-01 the checksum of 123456789, plain and masked")
    void tbl01_knownChecksum() {
        ByteBuffer bytes = ByteBuffer.wrap("123456789".getBytes(US_ASCII));
        int crc = MaskedCrc32c.of(bytes);

        assertThat(crc).isEqualTo(0xe3069283);
        assertThat(MaskedCrc32c.mask(crc)).isEqualTo(0xc78ab0e5);
        assertThat(bytes.position()).isZero();
    }

    @Test
    @DisplayName("TBL-02 unmasking undoes masking")
    void tbl02_unmaskingUndoesMasking() {
        assertThat(MaskedCrc32c.mask(0)).isEqualTo(0xa282ead8);
        assertThat(new Random(2).ints(10_000))
                .allSatisfy(crc ->
                        assertThat(MaskedCrc32c.unmask(MaskedCrc32c.mask(crc))).isEqualTo(crc));
    }
}
