package org.tfckpt.format.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.tfckpt.format.TensorMessage;
import org.tfckpt.format.VariantList;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
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

    private final Shards shards;
    private final TensorInfo info;
    private final TensorInfo.Storage storage;
    private final ErrorContext place;

    private VariantTensors(Shards shards, TensorInfo info, TensorInfo.Storage storage, String file) {
        this.shards = shards;
        this.info = info;
        this.storage = storage;
        this.place = ErrorContext.at(file, storage.offset()).ofTensor(info.name());
    }

    /** Finds and checks the elements. The tensors inside them are decoded on demand. */
    static VariantList open(
            ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage, ByteOrder order)
            throws IOException {
        VariantTensors tensor = new VariantTensors(shards, info, storage, shard.name());
        if (order == ByteOrder.BIG_ENDIAN) {
            throw new UnsupportedFormatException(
                    "TensorBundle at " + shards.prefix()
                            + " is of a different endianness than this machine's hardware, and the"
                            + " bundle contains a variant (arbitrary C++ type) tensor. Byte-swapping of variant tensors"
                            + " is not currently implemented.",
                    tensor.place);
        }
        return tensor.read(shard);
    }

    private VariantList read(ByteSource shard) throws IOException {
        long count = info.shape().elements();
        if (storage.size() < 0 || count > storage.size() / MIN_SIZE) {
            throw damage(
                    ProblemKind.SIZE,
                    "Invalid size in bundle entry: key " + info.name() + "; stored size " + storage.size()
                            + "; expected size is at least " + MIN_SIZE + " × " + count);
        }
        ByteBuffer bytes = bytes(shard);
        CRC32C crc = new CRC32C();
        VariantList.Builder list = new VariantList.Builder(bytes, info.name(), place);
        for (long i = 0; i < count; i++) {
            int length = length(bytes, crc);
            ByteBuffer message = bytes.slice(bytes.position(), length);
            list.add(bytes.position(), length);
            bytes.position(bytes.position() + length);
            crc.update(message.duplicate());
            requireMessage(message);
            checksum(bytes, crc, i);
        }
        StoredTensor.requireChecksum((int) crc.getValue(), shards, info, storage, shard.name());
        return list.build(bytes.position());
    }

    private ByteBuffer bytes(ByteSource shard) throws IOException {
        try {
            shard.requireRange(storage.offset(), storage.size());
            if (storage.size() > Integer.MAX_VALUE - 8) {
                throw new UnsupportedFormatException("a variant tensor of more than 2 GiB is not supported", place);
            }
            return shard.readLasting(storage.offset(), (int) storage.size());
        } catch (DataLossException e) {
            throw StoredTensor.ofTensor(e, shards, info);
        }
    }

    private int length(ByteBuffer bytes, CRC32C crc) throws CheckpointException {
        long length;
        try {
            length = Varint.read64(bytes);
        } catch (MalformedBytesException e) {
            throw damage(ProblemKind.VARIANT, "Variant length is not a " + e.getMessage());
        }
        if (length < 0 || length > bytes.remaining() - Integer.BYTES) {
            throw shards.explain(new DataLossException(
                    ProblemKind.VARIANT,
                    "Variant passes the end of its tensor",
                    place.mismatch(
                            "at most " + (bytes.remaining() - Integer.BYTES) + " bytes",
                            Long.toUnsignedString(length))));
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
            throw shards.explain(new DataLossException(
                    ProblemKind.VARIANT,
                    "Unable to parse VariantTensorDataProto from buffer of size " + message.remaining()
                            + ". Bundle entry offset: " + storage.offset() + " size: " + storage.size(),
                    place.mismatch("a message", String.valueOf(e.getMessage())),
                    e));
        }
    }

    private void checksum(ByteBuffer bytes, CRC32C crc, long index) throws CheckpointException {
        int computed = (int) crc.getValue();
        int stored = MaskedCrc32c.unmask(bytes.getInt(bytes.position()));
        if (stored != computed) {
            throw damage(
                    ProblemKind.VARIANT,
                    String.format(
                            "The checksum after Variant %d does not match. Expected: %08d Actual: %08d",
                            index, Integer.toUnsignedLong(stored), Integer.toUnsignedLong(computed)));
        }
        crc.update(bytes.slice(bytes.position(), Integer.BYTES));
        bytes.position(bytes.position() + Integer.BYTES);
    }

    private CheckpointException damage(ProblemKind kind, String problem) {
        return shards.explain(new DataLossException(kind, problem, place));
    }
}
