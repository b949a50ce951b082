package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.tensor.DataLossException;

/** Reads consecutive numbers from a source through a small buffer. Not thread-safe. */
public final class SequentialReader {
    private static final int BUFFER = 1 << 14;

    private final ByteSource source;
    private final long end;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
    private long bufferEnd;

    /** Creates a reader that starts at an offset, which must be within the file. */
    public SequentialReader(ByteSource source, long offset) throws IOException {
        source.requireRange(offset, 0);
        this.source = source;
        this.end = source.size();
        this.bufferEnd = offset;
    }

    /** Returns the offset of the next number in the file. */
    public long position() {
        return bufferEnd - buffer.remaining();
    }

    /**
     * Reads an unsigned varint64. Throws {@link MalformedBytesException} if it is longer than 64 bits, {@link
     * DataLossException} if the file ends within it.
     */
    public long varint64() throws IOException {
        fill(Varint.MAX_LENGTH_64);
        int start = buffer.position();
        try {
            return Varint.read64(buffer);
        } catch (MalformedBytesException e) {
            if (!buffer.hasRemaining() && position() == end) {
                buffer.position(start);
                throw source.passesEnd(position(), end - position() + 1, end);
            }
            throw e;
        }
    }

    /** Reads a four-byte number. Throws {@link DataLossException} if the file ends within it. */
    public int fixed32(ByteOrder order) throws IOException {
        fill(Integer.BYTES);
        if (buffer.remaining() < Integer.BYTES) {
            throw source.passesEnd(position(), Integer.BYTES, end);
        }
        return buffer.order(order).getInt();
    }

    /** Ensures that {@code needed} bytes are in the buffer, or fewer at the end of the file. */
    private void fill(int needed) throws IOException {
        if (buffer.remaining() >= needed) {
            return;
        }
        buffer.compact();
        int count = (int) Math.min(buffer.remaining(), end - bufferEnd);
        buffer.limit(buffer.position() + count);
        source.readInto(bufferEnd, buffer);
        bufferEnd += count;
        buffer.flip();
    }
}
