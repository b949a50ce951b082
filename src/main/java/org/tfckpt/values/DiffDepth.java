package org.tfckpt.values;

/** How much of two checkpoints is compared. */
public enum DiffDepth {
    /** Names, shapes and dtypes. */
    INDEX,
    /** Also the checksums in both indexes; values are not read. Tensors without a checksum are not compared. */
    CHECKSUMS,
    /** Also the values of tensors whose checksums are not equal. */
    VALUES,
    /** The values of all tensors. */
    BYTES
}
