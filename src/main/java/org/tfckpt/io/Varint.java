package org.tfckpt.io;

import java.nio.ByteBuffer;

/** Base-128 numbers, low 7 bits first, bit 7 set on all but the last byte: at most 5 or 10 bytes. */
public final class Varint {
    /** The longest form of a 64-bit number. */
    public static final int MAX_LENGTH_64 = 10;

    private Varint() {}

    /**
     * Reads a 64-bit varint at the buffer's position and moves past it. Bits beyond the 64th, which a tenth byte can hold,
     * are dropped, as LevelDB and protobuf drop them.
     *
     * @param buffer where it stands
     * @return the number, unsigned
     * @throws MalformedBytesException if the buffer ends before the number does, or it has more than ten bytes
     */
    public static long read64(ByteBuffer buffer) throws MalformedBytesException {
        long result = 0;
        // A shift by 64 or more would wrap and give a wrong number instead of failing.
        for (int shift = 0; shift < 64; shift += 7) {
            if (!buffer.hasRemaining()) {
                throw new MalformedBytesException("varint passes the end");
            }
            byte next = buffer.get();
            result |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return result;
            }
        }
        throw new MalformedBytesException("varint of more than ten bytes");
    }

    /**
     * Writes a varint at the buffer's position.
     *
     * @param buffer takes up to {@link #MAX_LENGTH_64} bytes
     * @param number the number, unsigned
     */
    public static void write64(ByteBuffer buffer, long number) {
        long rest = number;
        while ((rest & ~0x7fL) != 0) {
            buffer.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        buffer.put((byte) rest);
    }
}
