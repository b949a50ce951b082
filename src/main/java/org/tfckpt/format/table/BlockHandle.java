package org.tfckpt.format.table;

import java.nio.ByteBuffer;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.Varint;

/**
 * Where a block lies.
 *
 * <pre>
 * varint64 offset | varint64 size
 * </pre>
 *
 * @param offset the first byte of the block in the file
 * @param size the stored, perhaps compressed, bytes without the 5-byte trailer
 */
public record BlockHandle(long offset, long size) {
    /** Bytes of compression type and checksum behind every block. */
    static final int TRAILER_LENGTH = 5;

    static final int MAX_LENGTH = 2 * Varint.MAX_LENGTH_64;

    static BlockHandle decode(ByteBuffer in) throws MalformedBytesException {
        return new BlockHandle(Varint.read64(in), Varint.read64(in));
    }

    void encode(ByteBuffer out) {
        Varint.write64(out, offset);
        Varint.write64(out, size);
    }
}
