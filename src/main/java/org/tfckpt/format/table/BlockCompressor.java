package org.tfckpt.format.table;

import org.jspecify.annotations.Nullable;

/** Compresses blocks in the raw Snappy format. */
@FunctionalInterface
public interface BlockCompressor {
    /**
     * Compresses a block. If this saves less than an eighth of its size, the block is stored uncompressed.
     *
     * @param block the contents of the block
     * @return the compressed block, or null to store it uncompressed
     */
    byte @Nullable [] compress(byte[] block);
}
