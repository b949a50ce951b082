package org.tfckpt.format.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.tfckpt.format.StringSource;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.Varint;

/** The lengths of strings to be written, as varints. */
final class StringLengths {
    private final ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    private final ByteBuffer varint = ByteBuffer.allocate(Varint.MAX_LENGTH_64);
    private long count;
    private long byteSize;

    static StringLengths of(StringSource strings) throws IOException {
        StringLengths lengths = new StringLengths();
        strings.forEach(part -> {
            for (int i = 0; i < part.size(); i++) {
                lengths.add(part.length(i));
            }
        });
        return lengths;
    }

    private void add(int length) {
        Varint.write64(varint.clear(), length);
        encoded.write(varint.array(), 0, varint.position());
        byteSize += length;
        count++;
    }

    long count() {
        return count;
    }

    /** Returns the number of bytes of the strings. */
    long byteSize() {
        return byteSize;
    }

    /** Returns the number of bytes that the tensor takes in its shard. */
    long storedSize() {
        return encoded.size() + Integer.BYTES + byteSize;
    }

    ByteBuffer varints() {
        return ByteBuffer.wrap(encoded.toByteArray());
    }

    /** Updates a checksum with the lengths as fixed-width numbers. */
    void hash(CRC32C crc, ByteOrder order) throws MalformedBytesException {
        LengthChecksum checksum = new LengthChecksum(crc, order);
        for (ByteBuffer rest = varints(); rest.hasRemaining(); ) {
            checksum.add(Varint.read64(rest));
        }
        checksum.flush();
    }
}
