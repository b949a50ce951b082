package org.tfckpt.format.table;

import org.jspecify.annotations.Nullable;

/** Compresses blocks in the raw Snappy format. */
@FunctionalInterface
public interface BlockCompressor {
    /**
     * Compresses a block, or returns null to store it uncompressed. If this saves less than an eighth of its size, the
     * block is stored uncompressed, too.
     */
    byte @Nullable [] compress(byte[] block);
}
