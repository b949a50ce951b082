package org.tfckpt.format.bundle;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;
import org.tfckpt.format.ElementSource;
import org.tfckpt.format.StringSource;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;

/** Writes values to a shard in their stored form, and computes the checksum for their entry. */
final class TensorEncoder {
    private final ShardFile shard;
    private final ByteOrder order;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer numbers = ByteBuffer.allocate(Varint.MAX_LENGTH_64);

    TensorEncoder(ShardFile shard, ByteOrder order) {
        this.shard = shard;
        this.order = order;
    }

    /** Returns the masked checksum of everything written so far. */
    int checksum() {
        return MaskedCrc32c.mask((int) crc.getValue());
    }

    /** Writes elements of fixed width in row-major order, without padding. */
    void elements(TensorPart part, long size, ElementSource source) throws IOException {
        source.converted(order, part.dtype(), size, part.name()).forEach(this::writeHashed);
    }

    private void writeHashed(ByteBuffer bytes) throws IOException {
        crc.update(bytes.duplicate());
        shard.write(bytes.duplicate());
    }

    /**
     * Writes strings: the lengths as varints, the checksum of the lengths as fixed-width numbers, then all bytes. The
     * entry's checksum covers the lengths as fixed-width numbers, the stored checksum, and the bytes.
     */
    void strings(StringLengths lengths, StringSource strings) throws IOException {
        lengths.hash(crc, order);
        shard.write(lengths.varints());
        writeHashed(numbers.clear().order(order).putInt(checksum()).flip());
        long[] missing = {lengths.byteSize()};
        strings.forEach(part -> {
            missing[0] -= part.byteSize();
            writeHashed(part.data());
        });
        if (missing[0] != 0) {
            throw new IllegalArgumentException("the lengths of the strings changed while they were written");
        }
    }

    private void varint(long number) throws IOException {
        numbers.clear();
        Varint.write64(numbers, number);
        shard.write(numbers.flip());
    }

    /**
     * Writes variants, each as the length of its message (varint), the message, and the checksum of all lengths and
     * messages so far, with a length as eight bytes.
     */
    void variants(List<ByteBuffer> messages) throws IOException {
        for (ByteBuffer message : messages) {
            varint(message.remaining());
            numbers.clear().order(ByteOrder.LITTLE_ENDIAN).putLong(message.remaining());
            crc.update(numbers.flip());
            writeHashed(message);
            writeHashed(numbers.clear().putInt(checksum()).flip());
        }
    }

    static long sizeOf(List<ByteBuffer> messages) {
        long size = 0;
        for (ByteBuffer message : messages) {
            size += CodedOutputStream.computeUInt64SizeNoTag(message.remaining())
                    + message.remaining()
                    + (long) Integer.BYTES;
        }
        return size;
    }
}
