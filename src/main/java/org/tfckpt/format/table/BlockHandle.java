package org.tfckpt.format.table;

import java.nio.ByteBuffer;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.Varint;

/**
 * The location of a block in its file.
 *
 * <pre>
 * varint64 offset | varint64 size
 * </pre>
 *
 * @param offset the offset of its first byte
 * @param size its stored size in bytes, perhaps compressed, without the trailer
 */
public record BlockHandle(long offset, long size) {
    /** The length of the trailer after every block: one byte for the compression type, four for the checksum. */
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
