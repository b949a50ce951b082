package org.tfckpt.format.npz;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
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

    ZipMember at(long start) {
        return new ZipMember(name, deflated, crc, compressedSize, size, header, start);
    }

    long end() {
        return offset + compressedSize;
    }

    /** Opens the bytes as they were before compression. Closing the stream leaves the archive open. */
    InputStream open(ByteSource archive) throws IOException {
        InputStream stored = new RangeStream(archive, offset, compressedSize);
        if (!deflated) {
            return stored;
        }
        return new InflaterInputStream(stored, new Inflater(true), BUFFER) {
            @Override
            public void close() {
                // Frees native memory, which the stream does only for an inflater that it has created.
                inf.end();
            }
        };
    }
}
