package org.tfckpt.tensor;

import java.util.Locale;

/** The kind of damage. */
public enum ProblemKind {
    /** A file of the checkpoint is missing or unreadable. */
    MISSING_FILE,
    /** The structure of the table is invalid: footer, block handles, blocks, restart points or entries. */
    TABLE,
    /** A block's checksum does not match its bytes. */
    BLOCK_CHECKSUM,
    /** Keys are not strictly ascending, or index keys do not separate the blocks. */
    KEY_ORDER,
    /** The header is missing, unreadable, or inconsistent with the files. */
    HEADER,
    /** An entry cannot be parsed. */
    ENTRY,
    /** A dtype is unknown or cannot be stored. */
    DTYPE,
    /** A shape is invalid. */
    SHAPE,
    /** A size is inconsistent with shape and dtype. */
    SIZE,
    /** A shard number is not less than the number of data files in the header. */
    SHARD,
    /** A file ends before the bytes that an entry refers to. */
    TRUNCATED,
    /** A tensor's checksum does not match its bytes. */
    TENSOR_CHECKSUM,
    /** The lengths of a string tensor do not match their checksum or the entry. */
    STRING_LENGTHS,
    /** A variant cannot be parsed, or its checksum does not match. */
    VARIANT,
    /** The slices of a partitioned tensor overlap, leave a gap, or are inconsistent with its entry. */
    SLICES,
    /** A data file is not that of the index: of another kind, of another checkpoint, or changed in transfer. */
    WRONG_FILE,
    /** Tensors share bytes of a data file. */
    OVERLAP,
    /** A data file, or bytes of one, belong to no tensor and are not all zero. */
    UNUSED_BYTES;

    /** {@return the name as the tool prints it, in lower case with hyphens, for example {@code missing-file}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
