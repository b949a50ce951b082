package org.tfckpt.values;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.io.Crc32cSum;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/**
 * The bytes of a tensor or of a region, read in chunks on any threads. If the region is stored as a whole with a
 * checksum, each byte is read once: the checksums of the chunks are combined, and compared at the end. Otherwise the first
 * chunk that is read checks everything that the format can check.
 */
final class Source {
    private final Tensor tensor;
    private final @Nullable Integer stored;
    private int crc;

    private Source(Tensor tensor, @Nullable Integer stored) {
        this.tensor = stored == null ? tensor : tensor.withoutChecksums();
        this.stored = stored;
    }

    /**
     * Opens a tensor, and checks its shape and its slices.
     *
     * @return the tensor, which does not compare checksums
     */
    static Tensor open(Checkpoint checkpoint, TensorInfo info) throws IOException {
        Tensor tensor = checkpoint.tensor(info);
        if (info.isPartitioned()) {
            // Also opens the slices, so that those that do not fit or do not cover the tensor are found.
            tensor.withoutChecksums().byteSize();
        }
        return tensor;
    }

    /**
     * Returns a source of a tensor, a stored slice of it, or another region.
     *
     * @param whole the tensor, from {@link #open}
     * @param region the slice or the region; null for the whole tensor
     * @param stored whether {@code region} is null or a stored slice
     * @param chunked whether it will be read in more than one chunk
     */
    static Source of(Checkpoint checkpoint, Tensor whole, @Nullable TensorSlice region, boolean stored, boolean chunked)
            throws IOException {
        Tensor tensor = region == null ? whole : whole.slice(region);
        boolean combines = stored && chunked && checkpoint.options().checksums();
        TensorInfo.Storage storage = combines ? storage(checkpoint, whole.info(), region) : null;
        return new Source(tensor, storage == null ? null : MaskedCrc32c.unmask(storage.crc32c()));
    }

    /** Returns where a tensor or a stored slice is; null if it has no checksum of its own. */
    static TensorInfo.@Nullable Storage storage(Checkpoint checkpoint, TensorInfo info, @Nullable TensorSlice slice)
            throws IOException {
        TensorInfo.Storage storage = slice == null
                ? info.storage()
                : checkpoint.findSlice(info, slice).map(TensorInfo::storage).orElse(null);
        return storage == null || !storage.hasCrc32c() ? null : storage;
    }

    /** Returns the size of an element in bytes. */
    int width() {
        return tensor.dtype().width();
    }

    long elements() {
        return tensor.shape().elements();
    }

    /** Returns a chunk, and puts its checksum into {@code checksums} if {@link #combine} needs it. Thread-safe. */
    ByteBuffer read(long offset, int length, int[] checksums, int index) throws IOException {
        ByteBuffer bytes = tensor.asByteBuffer(offset, length);
        if (stored != null) {
            CRC32C checksum = new CRC32C();
            checksum.update(bytes.duplicate());
            checksums[index] = (int) checksum.getValue();
        }
        return bytes;
    }

    /** Adds the checksum of the next chunk. */
    void combine(int checksum, long length) {
        if (stored != null) {
            crc = Crc32cSum.of(crc, checksum, length);
        }
    }

    /** Compares the checksum of all chunks. */
    void finish() throws IOException {
        if (stored != null && stored != crc) {
            tensor.check();
            throw changed();
        }
    }

    /** The bytes are intact when they are read again. */
    private CheckpointException changed() {
        return new DataLossException(
                ProblemKind.TENSOR_CHECKSUM,
                "the bytes of the tensor changed while they were read",
                ErrorContext.NONE.ofTensor(tensor.name()));
    }
}
