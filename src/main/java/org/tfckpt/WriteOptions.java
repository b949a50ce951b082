package org.tfckpt;

import java.nio.ByteOrder;
import org.tfckpt.format.bundle.BundleWriter;
import org.tfckpt.format.table.TableBuilder;

/** Options for writing a checkpoint. Immutable; start from {@link #DEFAULT}. */
public final class WriteOptions {
    /**
     * Writes the same files as TensorFlow: one data file, little-endian, without padding between tensors. Unlike
     * TensorFlow, does not overwrite an existing checkpoint.
     */
    public static final WriteOptions DEFAULT = new WriteOptions(false, ByteOrder.LITTLE_ENDIAN, 1, Sharding.ofCount(1));

    private final boolean overwrite;
    private final ByteOrder order;
    private final int alignment;
    private final Sharding sharding;

    private WriteOptions(boolean overwrite, ByteOrder order, int alignment, Sharding sharding) {
        this.overwrite = overwrite;
        this.order = order;
        this.alignment = alignment;
        this.sharding = sharding;
    }

    /**
     * {@return whether an existing checkpoint is replaced; false by default: {@link CheckpointWriter#open} then throws}
     */
    public boolean overwrite() {
        return overwrite;
    }

    /**
     * {@return the byte order of the values, little-endian by default} TensorFlow uses the order of its machine, which
     * is nearly always little-endian.
     */
    public ByteOrder order() {
        return order;
    }

    /** {@return the alignment of tensors in the data files, as a number of bytes; 1 by default, as in TensorFlow} */
    public int alignment() {
        return alignment;
    }

    /** {@return how values are distributed over data files; one data file by default} */
    public Sharding sharding() {
        return sharding;
    }

    /**
     * {@return a copy of these options that replaces an existing checkpoint} The old checkpoint stays intact until the
     * new one is complete.
     */
    public WriteOptions overwriting() {
        return new WriteOptions(true, order, alignment, sharding);
    }

    /**
     * Returns a copy of these options with another byte order.
     *
     * @param newOrder the byte order of the values
     * @return the new options
     */
    public WriteOptions withOrder(ByteOrder newOrder) {
        return new WriteOptions(overwrite, newOrder, alignment, sharding);
    }

    /**
     * Returns a copy of these options with another alignment: each tensor starts at a multiple of {@code bytes}, after
     * zeros.
     *
     * @param bytes the alignment in bytes, at least 1
     * @return the new options
     * @throws IllegalArgumentException if the alignment is less than 1
     */
    public WriteOptions withAlignment(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("the alignment must be at least 1 byte, not " + bytes);
        }
        return new WriteOptions(overwrite, order, bytes, sharding);
    }

    /**
     * Returns a copy of these options that distributes the values over data files in another way.
     *
     * @param newSharding the number or the size of the data files
     * @return the new options
     */
    public WriteOptions withSharding(Sharding newSharding) {
        return new WriteOptions(overwrite, order, alignment, newSharding);
    }

    BundleWriter.Options forBundle() {
        return new BundleWriter.Options(
                overwrite, order, alignment, sharding.count(), sharding.maxBytes(), TableBuilder::new);
    }
}
