package org.tfckpt.format.table;

import org.jspecify.annotations.Nullable;

/** Compresses blocks as raw Snappy. */
@FunctionalInterface
public interface BlockCompressor {
    /**
     * Compresses a block. Whatever saves less than an eighth is stored plain.
     *
     * @param block the whole block
     * @return raw Snappy, or null if it is to be stored plain
     */
    byte @Nullable [] compress(byte[] block);
}
