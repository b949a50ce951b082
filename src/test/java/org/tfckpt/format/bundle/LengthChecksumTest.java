package org.tfckpt.format.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LengthChecksumTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("STR-02 a length of 2^32 or more is hashed as eight bytes, a shorter one as four")
    void str02_longLengths(boolean little) {
        ByteOrder order = little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        ByteBuffer hashed = ByteBuffer.allocate(100_000).order(order);
        CRC32C crc = new CRC32C();
        LengthChecksum checksum = new LengthChecksum(crc, order);
        for (int i = 0; i < 5000; i++) {
            checksum.add(1L << 32);
            hashed.putLong(1L << 32);
            checksum.add(0xffff_ffffL);
            hashed.putInt(-1);
            checksum.add(i);
            hashed.putInt(i);
        }
        checksum.flush();

        CRC32C expected = new CRC32C();
        expected.update(hashed.flip());
        assertThat(crc.getValue()).isEqualTo(expected.getValue());
    }
}
