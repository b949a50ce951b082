package org.tfckpt.io;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Computes CRC32C checksums, and masks them as LevelDB and TensorFlow do for every checksum that they store. */
public final class MaskedCrc32c {
    private static final int MASK_DELTA = 0xa282ead8;

    private MaskedCrc32c() {}

    /** Masks a checksum, as it is stored. */
    public static int mask(int crc) {
        return Integer.rotateRight(crc, 15) + MASK_DELTA;
    }

    /** Returns the checksum that is stored as {@code masked}. */
    public static int unmask(int masked) {
        return Integer.rotateLeft(masked - MASK_DELTA, 15);
    }

    /** Returns the CRC32C of the remaining bytes of a buffer, not masked. The position does not change. */
    public static int of(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
