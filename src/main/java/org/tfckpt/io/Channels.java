package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** Reads and writes channels completely. */
public final class Channels {
    private static final int PART = 1 << 18;

    private Channels() {}

    /** Fills a buffer from a channel. Returns false if the channel ended before the buffer was full. */
    public static boolean fill(ReadableByteChannel in, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (in.read(target) < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes all remaining bytes of a buffer. Writes in parts, because a channel copies a heap buffer into a direct
     * buffer of the same size.
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

    /** Copies all remaining bytes of a channel to another. */
    static void copy(ReadableByteChannel in, WritableByteChannel out) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(PART);
        while (in.read(part.clear()) >= 0) {
            write(out, part.flip());
        }
    }
}
