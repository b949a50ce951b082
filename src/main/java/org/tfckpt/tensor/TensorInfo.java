package org.tfckpt.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The description of a tensor in a checkpoint's index. It has not been checked against the data.
 *
 * @param name the tensor's name, see {@link TensorNames}
 * @param dtypeNumber the dtype's number in the file; use {@link #dtype()} instead unless the number is unknown.
 *     A dtype of another format that TensorFlow does not have has a number of this library's own, for which
 *     {@link DataType#enumName} returns its name
 * @param shape the shape of the whole tensor; may be invalid if the file is damaged
 * @param storage the location of the bytes; null for partitioned tensors, for V1 checkpoints, and for
 *     compressed members of an npz file
 * @param slices the slices of a partitioned tensor, in the order in which they were saved; otherwise empty
 */
public record TensorInfo(
        String name, int dtypeNumber, Shape shape, @Nullable Storage storage, List<TensorSlice> slices) {

    /**
     * The location of a tensor's bytes in a file.
     *
     * @param shard the number of the data file, from 0
     * @param offset the offset of the first byte in that file
     * @param size the number of bytes
     * @param crc32c the masked CRC32C from the index; 0 if there is none
     * @param hasCrc32c whether the index has a CRC32C, as that of a V2 checkpoint has; other formats have none
     */
    public record Storage(int shard, long offset, long size, int crc32c, boolean hasCrc32c) {
        /**
         * Creates a location with a checksum, as a V2 checkpoint has it.
         *
         * @param shard the number of the data file, from 0
         * @param offset the offset of the first byte in that file
         * @param size the number of bytes
         * @param crc32c the masked CRC32C from the index
         */
        public Storage(int shard, long offset, long size, int crc32c) {
            this(shard, offset, size, crc32c, true);
        }

        /**
         * Creates a location without a checksum.
         *
         * @param shard the number of the data file, from 0
         * @param offset the offset of the first byte in that file
         * @param size the number of bytes
         */
        public Storage(int shard, long offset, long size) {
            this(shard, offset, size, 0, false);
        }
    }

    /**
     * Makes an immutable copy of {@code slices}.
     *
     * @param name the tensor's name
     * @param dtypeNumber the dtype's number
     * @param shape the shape of the whole tensor
     * @param storage the location of the bytes, or null
     * @param slices the slices
     */
    public TensorInfo {
        slices = List.copyOf(slices);
    }

    /** {@return the dtype; {@link DataType#UNKNOWN} if its number is unknown} */
    public DataType dtype() {
        return DataType.ofNumber(dtypeNumber);
    }

    /** {@return whether the tensor was saved in slices: {@link #slices()} is not empty} */
    public boolean isPartitioned() {
        return !slices.isEmpty();
    }

    /**
     * Returns the size of the values: the stored size if {@link #storage()} is not null, otherwise the number of
     * elements times their width.
     *
     * @return the size in bytes; −1 if {@link #storage()} is null and the dtype has no fixed width or the shape is
     *     invalid
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
     * {@return name, dtype and shape as TensorFlow prints them, for example {@code input/init_conv/DW (DT_FLOAT)
     * [3,3,3,16]}}
     */
    @Override
    public String toString() {
        return name + " (" + DataType.enumName(dtypeNumber) + ") " + shape;
    }
}
