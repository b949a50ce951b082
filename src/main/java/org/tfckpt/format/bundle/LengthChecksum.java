package org.tfckpt.format.bundle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The checksum over the lengths of a string tensor. It covers not the varints in the file but the numbers: four bytes
 * each, eight for one beyond 2^32 - 1, in the byte order of the machine that wrote them.
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

    /** Has the checksum take everything that was added. */
    void flush() {
        crc.update(pending.flip());
        pending.clear();
    }
}
