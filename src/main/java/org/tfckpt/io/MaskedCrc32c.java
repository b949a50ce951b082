package org.tfckpt.io;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** The CRC32C of stored bytes, and the mask that TensorFlow and LevelDB put over every one they store. */
public final class MaskedCrc32c {
    private static final int MASK_DELTA = 0xa282ead8;

    private MaskedCrc32c() {}

    /**
     * A plain checksum as it is stored.
     *
     * @param crc the checksum
     * @return the masked checksum
     */
    public static int mask(int crc) {
        return Integer.rotateRight(crc, 15) + MASK_DELTA;
    }

    /**
     * The plain checksum of a stored one.
     *
     * @param masked the masked checksum
     * @return the checksum
     */
    public static int unmask(int masked) {
        return Integer.rotateLeft(masked - MASK_DELTA, 15);
    }

    /**
     * The plain CRC32C of a buffer's remaining bytes.
     *
     * @param bytes the buffer; its position stays
     * @return the checksum
     */
    public static int of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
