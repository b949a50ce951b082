package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;

/**
 * An entry of the index and the shard that holds its bytes. Exceptions name the tensor, and say if the checkpoint was
 * replaced or the shard is a file of another kind.
 */
record StoredEntry(ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage, ByteOrder order) {
    ErrorContext place() {
        return ErrorContext.at(shard.name(), storage.offset()).ofTensor(info.name());
    }

    CheckpointException damage(ProblemKind kind, String problem) {
        return damage(kind, problem, place());
    }

    CheckpointException damage(ProblemKind kind, String problem, ErrorContext context) {
        return shards.explain(new DataLossException(kind, problem, context));
    }

    /** Returns the exception to throw for one that was thrown when the shard was read. */
    CheckpointException ofTensor(DataLossException damage) {
        return shards.explain(
                damage.context().tensor() != null
                        ? damage
                        : new DataLossException(
                                damage.kind(),
                                damage.problem(),
                                damage.context().ofTensor(info.name()),
                                damage));
    }

    /** Checks that a number of bytes from the start of this entry are in the shard. */
    void requireBytes(long count) throws IOException {
        try {
            shard.requireRange(storage.offset(), count);
        } catch (DataLossException e) {
            throw ofTensor(e);
        }
    }

    /** Reads bytes at an offset in the shard. */
    ByteBuffer read(long offset, int length) throws IOException {
        try {
            return shard.read(offset, length).order(order);
        } catch (DataLossException e) {
            throw ofTensor(e);
        }
    }

    /** Returns the checksum of bytes at an offset in the shard. */
    int crc32c(long offset, long length) throws IOException {
        CRC32C crc = new CRC32C();
        try {
            shard.forEach(offset, length, crc::update);
        } catch (DataLossException e) {
            throw ofTensor(e);
        }
        return (int) crc.getValue();
    }

    /** Compares the checksum of all bytes with that of the entry. */
    void requireChecksum(int computed) throws CheckpointException {
        int stored = MaskedCrc32c.unmask(storage.crc32c());
        if (stored != computed) {
            String text = String.format(
                    "TensorBundle at %s shard %d (%d bytes): Checksum does not match: stored %08d vs. calculated on the"
                            + " restored bytes %d",
                    shards.prefix(),
                    storage.shard(),
                    storage.size(),
                    Integer.toUnsignedLong(stored),
                    Integer.toUnsignedLong(computed));
            throw damage(
                    ProblemKind.TENSOR_CHECKSUM,
                    "the bytes of the tensor do not match their checksum",
                    place().withTensorFlow(text));
        }
    }
}
