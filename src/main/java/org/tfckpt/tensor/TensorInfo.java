package org.tfckpt.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint's index says of one tensor. Nothing of it has been checked against the data.
 *
 * @param name the tensor's name, see {@link TensorNames}
 * @param dtypeNumber the dtype as the file has it; {@link #dtype()} is the one to use
 * @param shape the shape of the whole tensor; in a damaged file perhaps one that no tensor has
 * @param storage where the bytes lie; null for a partitioned tensor and for V1, whose values lie in records
 * @param slices the parts of a partitioned tensor, in the order they were saved; empty if it was saved whole
 */
public record TensorInfo(
        String name, int dtypeNumber, Shape shape, @Nullable Storage storage, List<TensorSlice> slices) {

    /**
     * Where a tensor's bytes lie in a V2 checkpoint.
     *
     * @param shard the number of the data file
     * @param offset the first byte in that file
     * @param size the number of bytes
     * @param crc32c the masked CRC32C, as it stands in the entry
     */
    public record Storage(int shard, long offset, long size, int crc32c) {}

    /**
     * The same with a list of slices that nobody else can change.
     *
     * @param name the name
     * @param dtypeNumber the dtype
     * @param shape the shape
     * @param storage where the bytes lie, or null
     * @param slices the parts
     */
    public TensorInfo {
        slices = List.copyOf(slices);
    }

    /**
     * The dtype.
     *
     * @return {@link DataType#UNKNOWN} if the number is not in TensorFlow's table
     */
    public DataType dtype() {
        return DataType.ofNumber(dtypeNumber);
    }

    /**
     * Whether the tensor was saved in slices.
     *
     * @return true if {@link #slices()} is not empty
     */
    public boolean isPartitioned() {
        return !slices.isEmpty();
    }

    /**
     * Bytes of the values: as stored, where they lie in one place; else elements × width.
     *
     * @return −1 where neither is known: a partitioned tensor of strings or variants, or an impossible shape
     */
    public long byteSize() {
        if (storage != null) {
            return storage.size();
        }
        long elements = shape.elementCount().orElse(-1);
        boolean known = dtype().isFixedWidth() && elements >= 0 && elements <= Long.MAX_VALUE / dtype().width();
        return known ? elements * dtype().width() : -1;
    }

    /**
     * TensorFlow's line for a tensor.
     *
     * @return for example {@code input/init_conv/DW (DT_FLOAT) [3,3,3,16]}
     */
    @Override
    public String toString() {
        return name + " (" + DataType.enumName(dtypeNumber) + ") " + shape;
    }
}
