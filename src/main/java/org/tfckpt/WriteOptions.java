package org.tfckpt;

import java.nio.ByteOrder;
import org.tfckpt.format.bundle.BundleWriter;
import org.tfckpt.format.table.TableBuilder;

/**
 * How a checkpoint is written.
 *
 * @param overwrite whether a checkpoint that is there already is replaced; else it is refused
 * @param order the byte order of the values; TensorFlow writes that of its machine, practically always little-endian
 * @param alignment every tensor begins at a multiple of so many bytes, with zeros before it; TensorFlow writes 1
 * @param sharding into how many data files the values go
 */
public record WriteOptions(boolean overwrite, ByteOrder order, int alignment, Sharding sharding) {
    /** What TensorFlow does (one data file, little-endian, nothing between tensors), but nothing is overwritten. */
    public static final WriteOptions DEFAULT = new WriteOptions(false, ByteOrder.LITTLE_ENDIAN, 1, Sharding.ofCount(1));

    /**
     * Checks the options.
     *
     * @param overwrite whether a checkpoint that is there already is replaced
     * @param order the byte order of the values
     * @param alignment at least 1
     * @param sharding into how many data files the values go
     * @throws IllegalArgumentException if the alignment is below 1
     */
    public WriteOptions {
        if (alignment < 1) {
            throw new IllegalArgumentException("alignment " + alignment);
        }
    }

    /**
     * The same, replacing a checkpoint that is there already. It stays whole until the new one is.
     *
     * @return other options
     */
    public WriteOptions overwriting() {
        return new WriteOptions(true, order, alignment, sharding);
    }

    /**
     * The same with another byte order.
     *
     * @param other the byte order of the values
     * @return other options
     */
    public WriteOptions withOrder(ByteOrder other) {
        return new WriteOptions(overwrite, other, alignment, sharding);
    }

    /**
     * The same with another alignment.
     *
     * @param bytes at least 1
     * @return other options
     */
    public WriteOptions withAlignment(int bytes) {
        return new WriteOptions(overwrite, order, bytes, sharding);
    }

    /**
     * The same with another number of data files.
     *
     * @param other into how many data files the values go
     * @return other options
     */
    public WriteOptions withSharding(Sharding other) {
        return new WriteOptions(overwrite, order, alignment, other);
    }

    BundleWriter.Options forBundle() {
        return new BundleWriter.Options(
                overwrite, order, alignment, sharding.count(), sharding.maxBytes(), TableBuilder.Options.DEFAULT);
    }
}
