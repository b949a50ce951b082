package org.tfckpt.format.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.tfckpt.format.TensorMessage;
import org.tfckpt.format.VariantList;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Reads the stored form of a variant tensor.
 *
 * <pre>
 * per element: varint64 length | VariantTensorDataProto | masked CRC32C of everything so far
 * </pre>
 *
 * The checksum covers each length as eight bytes, the message, and the four bytes of the stored checksum. It runs over
 * all elements; its last value is the checksum of the entry.
 */
final class VariantTensors {
    /** The size of the length, an empty message and the checksum. */
    private static final int MIN_SIZE = 1 + Integer.BYTES;

    private final StoredEntry entry;
    private final CRC32C crc = new CRC32C();

    private VariantTensors(StoredEntry entry) {
        this.entry = entry;
    }

    /** Finds and checks the elements. The tensors inside them are decoded on demand. */
    static VariantList open(StoredEntry entry) throws IOException {
        if (entry.order() == ByteOrder.BIG_ENDIAN) {
            throw new UnsupportedFormatException(
                    "TensorBundle at " + entry.shards().prefix()
                            + " is of a different endianness than this machine's hardware, and the"
                            + " bundle contains a variant (arbitrary C++ type) tensor. Byte-swapping of variant tensors"
                            + " is not currently implemented.",
                    entry.place());
        }
        return new VariantTensors(entry).read();
    }

    private VariantList read() throws IOException {
        long count = entry.info().shape().elements();
        long size = entry.storage().size();
        if (size < 0 || count > size / MIN_SIZE) {
            throw entry.damage(
                    ProblemKind.SIZE,
                    "Invalid size in bundle entry: key " + entry.info().name() + "; stored size " + size
                            + "; expected size is at least " + MIN_SIZE + " × " + count);
        }
        ByteBuffer bytes = bytes();
        VariantList.Builder list = new VariantList.Builder(bytes, entry.info().name(), entry.place());
        for (long i = 0; i < count; i++) {
            int length = length(bytes);
            ByteBuffer message = bytes.slice(bytes.position(), length);
            list.add(bytes.position(), length);
            bytes.position(bytes.position() + length);
            crc.update(message.duplicate());
            requireMessage(message);
            checksum(bytes, i);
        }
        entry.requireChecksum((int) crc.getValue());
        return list.build(bytes.position());
    }

    private ByteBuffer bytes() throws IOException {
        TensorInfo.Storage storage = entry.storage();
        entry.requireBytes(storage.size());
        if (storage.size() > Integer.MAX_VALUE - 8) {
            throw new UnsupportedFormatException("a variant tensor of more than 2 GiB is not supported", entry.place());
        }
        try {
            return entry.shard().readLasting(storage.offset(), (int) storage.size());
        } catch (DataLossException e) {
            throw entry.ofTensor(e);
        }
    }

    private int length(ByteBuffer bytes) throws CheckpointException {
        long length;
        try {
            length = Varint.read64(bytes);
        } catch (MalformedBytesException e) {
            throw entry.damage(ProblemKind.VARIANT, "Variant length is not a " + e.getMessage());
        }
        if (length < 0 || length > bytes.remaining() - Integer.BYTES) {
            throw entry.damage(
                    ProblemKind.VARIANT,
                    "Variant passes the end of its tensor",
                    entry.place()
                            .mismatch(
                                    "at most " + (bytes.remaining() - Integer.BYTES) + " bytes",
                                    Long.toUnsignedString(length)));
        }
        crc.update(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .flip());
        return (int) length;
    }

    private void requireMessage(ByteBuffer message) throws IOException {
        try {
            TensorMessage.checkVariant(message);
        } catch (InvalidProtocolBufferException e) {
            throw entry.shards()
                    .explain(new DataLossException(
                            ProblemKind.VARIANT,
                            "Unable to parse VariantTensorDataProto from buffer of size " + message.remaining()
                                    + ". Bundle entry offset: "
                                    + entry.storage().offset() + " size: "
                                    + entry.storage().size(),
                            entry.place().mismatch("a message", String.valueOf(e.getMessage())),
                            e));
        }
    }

    private void checksum(ByteBuffer bytes, long index) throws CheckpointException {
        int computed = (int) crc.getValue();
        int stored = MaskedCrc32c.unmask(bytes.getInt(bytes.position()));
        if (stored != computed) {
            throw entry.damage(
                    ProblemKind.VARIANT,
                    String.format(
                            "The checksum after Variant %d does not match. Expected: %08d Actual: %08d",
                            index, Integer.toUnsignedLong(stored), Integer.toUnsignedLong(computed)));
        }
        crc.update(bytes.slice(bytes.position(), Integer.BYTES));
        bytes.position(bytes.position() + Integer.BYTES);
    }
}
