package org.tfckpt.scan;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.io.Crc32cSum;
import org.tfckpt.io.MaskedCrc32c;
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
public final class TensorChunks {
    private final Tensor tensor;
    private final @Nullable Integer stored;
    private int crc;

    private TensorChunks(Tensor tensor, @Nullable Integer stored) {
        this.tensor = stored == null ? tensor : tensor.withoutChecksums();
        this.stored = stored;
    }

    /**
     * Opens a tensor, and checks its shape and its slices.
     *
     * @param checkpoint the checkpoint
     * @param info one of its tensors
     * @return the tensor
     * @throws IOException if its slices do not fit or do not cover it
     */
    public static Tensor open(Checkpoint checkpoint, TensorInfo info) throws IOException {
        Tensor tensor = checkpoint.tensor(info);
        if (info.isPartitioned()) {
            tensor.withoutChecksums().byteSize();
        }
        return tensor;
    }

    /**
     * Returns the chunks of a tensor, a stored slice of it, or another region.
     *
     * @param checkpoint the checkpoint
     * @param whole the tensor, from {@link #open}
     * @param region the slice or the region; null for the whole tensor
     * @param checksums whether to compare checksums. If false, those that the format compares when it reads still are,
     *     unless they are disabled for the checkpoint
     * @return the chunks
     * @throws IOException if the index is damaged
     */
    public static TensorChunks of(Checkpoint checkpoint, Tensor whole, @Nullable TensorSlice region, boolean checksums)
            throws IOException {
        TensorInfo.Storage storage = checksums ? storage(checkpoint, whole.info(), region) : null;
        return new TensorChunks(
                region == null ? whole : whole.slice(region),
                storage == null ? null : MaskedCrc32c.unmask(storage.crc32c()));
    }

    /**
     * Returns where a tensor or a stored slice is.
     *
     * @param checkpoint the checkpoint
     * @param info one of its tensors
     * @param slice a region of it; null for the whole tensor
     * @return the place; null if there is no checksum of exactly this region
     * @throws IOException if the index is damaged
     */
    public static TensorInfo.@Nullable Storage storage(
            Checkpoint checkpoint, TensorInfo info, @Nullable TensorSlice slice) throws IOException {
        TensorInfo.Storage storage = info.storage();
        if (slice != null) {
            storage = info.isPartitioned()
                    ? checkpoint.findSlice(info, slice).map(TensorInfo::storage).orElse(null)
                    : null;
        }
        return storage == null || !storage.hasCrc32c() ? null : storage;
    }

    /**
     * Returns whether checksums are compared by {@link #finish}.
     *
     * @return false if reading compares them, as far as the format has any
     */
    public boolean combinesChecksums() {
        return stored != null;
    }

    /**
     * Returns the size of an element.
     *
     * @return the size in bytes
     */
    public int width() {
        return tensor.dtype().width();
    }

    /**
     * Returns the number of elements.
     *
     * @return the elements of the tensor or region
     */
    public long elements() {
        return tensor.shape().elements();
    }

    /**
     * Returns a chunk. Thread-safe.
     *
     * @param offset the index of its first byte
     * @param length its size in bytes
     * @param checksums receives the checksum if {@link #combine} needs it
     * @param index the index in {@code checksums}
     * @return the bytes
     * @throws IOException if they cannot be read
     */
    public ByteBuffer read(long offset, int length, int[] checksums, int index) throws IOException {
        ByteBuffer bytes = tensor.asByteBuffer(offset, length);
        if (stored != null) {
            CRC32C checksum = new CRC32C();
            checksum.update(bytes.duplicate());
            checksums[index] = (int) checksum.getValue();
        }
        return bytes;
    }

    /**
     * Adds the checksum of the next chunk.
     *
     * @param checksum from {@link #read}
     * @param length the size of the chunk in bytes
     */
    public void combine(int checksum, long length) {
        if (stored != null) {
            crc = Crc32cSum.of(crc, checksum, length);
        }
    }

    /**
     * Compares the checksum of all chunks.
     *
     * @throws IOException if it does not match
     */
    public void finish() throws IOException {
        if (stored != null && stored != crc) {
            tensor.check();
            // The bytes are intact when they are read again.
            throw new DataLossException(
                    ProblemKind.TENSOR_CHECKSUM,
                    "the bytes of the tensor changed while they were read",
                    ErrorContext.NONE.ofTensor(tensor.name()));
        }
    }
}
