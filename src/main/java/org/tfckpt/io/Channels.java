package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** What channels leave to their users: reading and writing until it is done. */
public final class Channels {
    private static final int PART = 1 << 18;

    private Channels() {}

    /**
     * Fills a buffer as far as the channel goes.
     *
     * @param in where the bytes come from
     * @param target takes them
     * @return false if the channel ended before the buffer was full
     * @throws IOException if it cannot be read
     */
    public static boolean fill(ReadableByteChannel in, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (in.read(target) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes all that remains in a buffer, in parts: a channel that is given a large buffer of the heap would copy it
     * into one as large outside.
     *
     * @param out takes the bytes
     * @param bytes the buffer; its position moves to its limit
     * @throws IOException if they cannot be written
     */
    public static void write(WritableByteChannel out, ByteBuffer bytes) throws IOException {
        int end = bytes.limit();
        try {
            while (bytes.position() < end) {
                bytes.limit(bytes.position() + Math.min(end - bytes.position(), PART));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                bytes.limit(end);
            }
        } finally {
            bytes.limit(end);
        }
    }

    /** Copies all that the one channel has left to the other. */
    static void copy(ReadableByteChannel in, WritableByteChannel out) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(PART);
        while (in.read(part.clear()) >= 0) {
            write(out, part.flip());
        }
    }
}
