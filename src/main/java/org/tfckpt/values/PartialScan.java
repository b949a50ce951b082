package org.tfckpt.values;

import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.io.Crc32cSum;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.scan.TensorChunks;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/**
 * The checksum and, if wanted, the statistics of a part of a tensor. Parts are read in any order, also in other processes
 * or on other machines, and then added: the sum of all parts of a tensor has the checksum of the tensor, and the same
 * statistics as {@link Statistics} computes.
 *
 * <p>Reading a part does not compare checksums. Compare that of the sum ({@link #isIntact}) before you use the statistics.
 *
 * <p>Serializable by the same version of this library. Not thread-safe.
 */
public final class PartialScan implements Serializable {
    private static final long serialVersionUID = 1;

    /** The number of bytes of the part. */
    private long bytes;

    /** What the bytes contribute to the CRC32C of the tensor. */
    private int crc;

    /** The statistics; null if they are not wanted. */
    private final @Nullable Accumulator accumulator;

    private PartialScan(long bytes, int crc, @Nullable Accumulator accumulator) {
        this.bytes = bytes;
        this.crc = crc;
        this.accumulator = accumulator;
    }

    /** What is computed in addition to the checksum. */
    public enum Depth {
        /** The checksum alone. */
        CHECKSUM,
        /** Statistics without a histogram. */
        STATISTICS,
        /** Statistics with a histogram. */
        HISTOGRAM
    }

    /**
     * Reads a part of a tensor, or of a stored slice of it.
     *
     * @param checkpoint an open checkpoint
     * @param tensor one of its tensors, whose dtype has a fixed width
     * @param slice one of the slices of a partitioned tensor; null for a tensor that is not partitioned
     * @param first the index of the first element in the tensor or slice
     * @param count the number of elements
     * @param depth what to compute
     * @return the part
     * @throws IOException if the elements cannot be read
     */
    public static PartialScan of(
            Checkpoint checkpoint, TensorInfo tensor, @Nullable TensorSlice slice, long first, long count, Depth depth)
            throws IOException {
        Tensor whole = TensorChunks.open(checkpoint, tensor).withoutChecksums();
        Tensor part = slice == null ? whole : whole.slice(slice);
        int width = tensor.dtype().width();
        Accumulator accumulator =
                depth == Depth.CHECKSUM ? null : AccumulatorPool.create(tensor.dtype(), depth == Depth.HISTOGRAM);
        CRC32C crc = new CRC32C();
        for (long done = 0; done < count; done += Accumulator.CHUNK) {
            int elements = (int) Math.min(Accumulator.CHUNK, count - done);
            ByteBuffer chunk = part.asByteBuffer((first + done) * width, elements * width);
            crc.update(chunk.duplicate());
            if (accumulator != null) {
                accumulator.add(chunk);
            }
        }
        // As if zeros followed: then the order in which parts are added does not matter.
        long after = (part.shape().elements() - first - count) * width;
        return new PartialScan(count * width, Crc32cSum.of((int) crc.getValue(), 0, after), accumulator);
    }

    /**
     * Adds another part of the same tensor or slice.
     *
     * @param other a part that has no element in common with this one, of the same depth; it cannot be used afterwards
     * @return this object
     */
    public PartialScan add(PartialScan other) {
        crc ^= other.crc;
        return addStatistics(other);
    }

    /**
     * Adds the statistics of another slice of the same tensor, and keeps the checksum of this one.
     *
     * @param other all of another slice, of the same depth; it cannot be used afterwards
     * @return this object
     */
    public PartialScan addStatistics(PartialScan other) {
        bytes += other.bytes;
        if (accumulator != null && other.accumulator != null) {
            accumulator.merge(other.accumulator);
        }
        return this;
    }

    /**
     * Returns whether this is all of a tensor or slice, with the right checksum.
     *
     * @param storage where the tensor or slice is stored
     * @return true if the number of bytes is right and, if the format has checksums, the checksum
     */
    public boolean isIntact(TensorInfo.Storage storage) {
        return bytes == storage.size() && (!storage.hasCrc32c() || crc == MaskedCrc32c.unmask(storage.crc32c()));
    }

    /**
     * Returns the statistics of the elements.
     *
     * @param tensor the tensor, for its name, dtype and shape
     * @return the statistics; without a summary if {@link Depth#CHECKSUM} was wanted
     */
    public TensorStatistics statistics(TensorInfo tensor) {
        return accumulator == null
                ? new TensorStatistics(tensor, null, null, null)
                : new TensorStatistics(tensor, accumulator.summary(), accumulator.histogram(), null);
    }

    /**
     * Returns the number of bytes.
     *
     * @return for example {@code 4096 bytes}
     */
    @Override
    public String toString() {
        return bytes + " bytes";
    }
}
