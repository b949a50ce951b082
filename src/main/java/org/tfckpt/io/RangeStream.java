package org.tfckpt.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Reads a range of a file as a stream, which skips without reading, and does not own the file. Not thread-safe. */
public final class RangeStream extends InputStream {
    private final ByteSource source;
    private final long end;
    private long at;

    /** Creates a stream. Throws if the bytes are not in the file. */
    public RangeStream(ByteSource source, long offset, long length) throws IOException {
        source.requireRange(offset, length);
        this.source = source;
        this.at = offset;
        this.end = offset + length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (at == end && length > 0) {
            return -1;
        }
        int count = (int) Math.min(length, end - at);
        source.readInto(at, ByteBuffer.wrap(target, offset, count));
        at += count;
        return count;
    }

    @Override
    public long skip(long count) {
        long skipped = Math.max(0, Math.min(count, end - at));
        at += skipped;
        return skipped;
    }
}
