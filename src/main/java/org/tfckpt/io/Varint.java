package org.tfckpt.io;

import java.nio.ByteBuffer;

/** Encodes numbers as varints: base 128, low 7 bits first, bit 7 set in all bytes but the last. */
public final class Varint {
    /** The maximum length of a 64-bit varint in bytes. */
    public static final int MAX_LENGTH_64 = 10;

    private Varint() {}

    /**
     * Reads an unsigned 64-bit varint. Bits beyond the 64th, which a tenth byte can hold, are ignored, as in LevelDB
     * and protobuf. Throws if the buffer ends within the varint, or it has more than ten bytes.
     */
    public static long read64(ByteBuffer buffer) throws MalformedBytesException {
        long result = 0;
        // A shift by 64 or more would wrap around and produce a wrong number.
        for (int shift = 0; shift < 64; shift += 7) {
            if (!buffer.hasRemaining()) {
                throw new MalformedBytesException("varint exceeds the end");
            }
            byte next = buffer.get();
            result |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return result;
            }
        }
        throw new MalformedBytesException("varint of more than ten bytes");
    }

    /** Writes an unsigned number as a varint, of up to {@link #MAX_LENGTH_64} bytes. */
    public static void write64(ByteBuffer buffer, long number) {
        long rest = number;
        while ((rest & ~0x7fL) != 0) {
            buffer.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        buffer.put((byte) rest);
    }
}
