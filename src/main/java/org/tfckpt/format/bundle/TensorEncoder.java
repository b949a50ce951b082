package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;
import org.tfckpt.format.ElementSource;
import org.tfckpt.format.StringData;
import org.tfckpt.io.ByteSwap;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;
import org.tfckpt.tensor.DataType;

/** Brings values into the form in which a shard holds them, with the checksum of their entry. */
final class TensorEncoder {
    private static final int PART = 1 << 18;

    private final ShardFile shard;
    private final ByteOrder order;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer numbers = ByteBuffer.allocate(Varint.MAX_LENGTH_64);

    TensorEncoder(ShardFile shard, ByteOrder order) {
        this.shard = shard;
        this.order = order;
    }

    /** The masked checksum of what was written. */
    int checksum() {
        return MaskedCrc32c.mask((int) crc.getValue());
    }

    /** Elements of fixed width: in row-major order, nothing between them. */
    void elements(DataType dtype, long size, ElementSource source) throws IOException {
        long[] done = {0};
        source.forEach(part -> {
            done[0] += part.remaining();
            if (done[0] > size) {
                throw new IllegalArgumentException("more values than the shape has: it takes " + size + " bytes");
            }
            if (dtype.swapUnit() == 1 || part.order() == order) {
                hashed(part);
            } else {
                swapped(part, dtype.swapUnit());
            }
        });
        if (done[0] != size) {
            throw new IllegalArgumentException("fewer values than the shape has: " + done[0] + " bytes of " + size);
        }
    }

    private void swapped(ByteBuffer part, int unit) throws IOException {
        int end = part.limit();
        for (int at = part.position(); at < end; at += PART) {
            hashed(ByteSwap.swapped(
                    part.duplicate().limit(Math.min(at + PART, end)).position(at), unit));
        }
    }

    private void hashed(ByteBuffer bytes) throws IOException {
        crc.update(bytes.duplicate());
        shard.write(bytes.duplicate());
    }

    /**
     * Strings: varints of all lengths, the checksum of the lengths as numbers, the bytes of all. The entry's checksum
     * runs over the lengths as numbers, the stored checksum, and the bytes.
     */
    void strings(StringData strings) throws IOException {
        LengthChecksum lengths = new LengthChecksum(crc, order);
        for (int i = 0; i < strings.count(); i++) {
            lengths.add(strings.length(i));
            varint(strings.length(i));
        }
        lengths.flush();
        hashed(numbers.clear().order(order).putInt(checksum()).flip());
        for (int i = 0; i < strings.count(); i++) {
            byte[] string = strings.get(i);
            if (string.length != strings.length(i)) {
                throw new IllegalArgumentException("string " + i + " has changed its length");
            }
            hashed(ByteBuffer.wrap(string));
        }
    }

    private void varint(long number) throws IOException {
        numbers.clear();
        Varint.write64(numbers, number);
        shard.write(numbers.flip());
    }

    static long sizeOf(StringData strings) {
        long size = Integer.BYTES;
        for (int i = 0; i < strings.count(); i++) {
            size += varintLength(strings.length(i)) + strings.length(i);
        }
        return size;
    }

    private static int varintLength(long number) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(number) + 6) / 7);
    }

    /**
     * Variants, each as its message: the varint of its length, the message, and the checksum up to here, which runs on
     * through all of them and takes the lengths as eight bytes.
     */
    void variants(List<ByteBuffer> messages) throws IOException {
        for (ByteBuffer message : messages) {
            varint(message.remaining());
            numbers.clear().order(ByteOrder.LITTLE_ENDIAN).putLong(message.remaining());
            crc.update(numbers.flip());
            hashed(message);
            hashed(numbers.clear().putInt(checksum()).flip());
        }
    }

    static long sizeOf(List<ByteBuffer> messages) {
        long size = 0;
        for (ByteBuffer message : messages) {
            size += varintLength(message.remaining()) + message.remaining() + (long) Integer.BYTES;
        }
        return size;
    }
}
