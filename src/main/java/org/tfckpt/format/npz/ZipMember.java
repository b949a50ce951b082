package org.tfckpt.format.npz;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.RangeStream;

/**
 * A member of a zip archive.
 *
 * @param name its name
 * @param deflated whether it is compressed
 * @param crc the CRC-32 of its bytes
 * @param compressedSize the number of bytes in the archive
 * @param size the number of bytes
 * @param header the offset of its local header
 * @param offset the offset of its bytes
 */
record ZipMember(String name, boolean deflated, int crc, long compressedSize, long size, long header, long offset) {
    private static final int BUFFER = 1 << 16;

    long end() {
        return offset + compressedSize;
    }

    /** Opens the bytes as they were before compression; the caller calls {@link Contents#close}. */
    Contents open(ByteSource archive) throws IOException {
        InputStream stored = new RangeStream(archive, offset, compressedSize);
        if (!deflated) {
            return new Contents(stored, null);
        }
        Inflater inflater = new Inflater(true);
        return new Contents(new InflaterInputStream(stored, inflater, BUFFER), inflater);
    }

    /** The bytes of a member. Closing it frees native memory, and leaves the archive open. */
    static final class Contents implements AutoCloseable {
        private final InputStream in;
        private final @Nullable Inflater inflater;

        private Contents(InputStream in, @Nullable Inflater inflater) {
            this.in = in;
            this.inflater = inflater;
        }

        InputStream in() {
            return in;
        }

        @Override
        public void close() {
            if (inflater != null) {
                inflater.end();
            }
        }
    }
}
