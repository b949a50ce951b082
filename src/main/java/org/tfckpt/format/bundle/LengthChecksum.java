package org.tfckpt.format.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Computes the checksum of the lengths of a string tensor. It covers the numbers, not their varints in the file: four
 * bytes each, or eight for a length above 2^32 - 1, in the byte order of the bundle.
 */
final class LengthChecksum {
    private static final long MAX_UINT32 = 0xffff_ffffL;

    private final CRC32C crc;
    private final ByteBuffer pending;

    LengthChecksum(CRC32C crc, ByteOrder order) {
        this.crc = crc;
        this.pending = ByteBuffer.allocate(4096).order(order);
    }

    void add(long length) {
        if (pending.remaining() < Long.BYTES) {
            flush();
        }
        if (Long.compareUnsigned(length, MAX_UINT32) <= 0) {
            pending.putInt((int) length);
        } else {
            pending.putLong(length);
        }
    }

    /** Updates the checksum with all lengths added so far. */
    void flush() {
        crc.update(pending.flip());
        pending.clear();
    }
}
