package org.tfckpt.tensor;

import java.util.Locale;

/** What kind of damage a verification found. */
public enum ProblemKind {
    /** A file that the checkpoint needs is not there, or cannot be read. */
    MISSING_FILE,
    /** The table's frame does not hold: footer, block handles, blocks, restart points, entries. */
    TABLE,
    /** A block's checksum does not match its bytes. */
    BLOCK_CHECKSUM,
    /** Keys are not strictly increasing, or the index block's separators do not separate. */
    KEY_ORDER,
    /** The header record is missing, unreadable, or contradicts the files. */
    HEADER,
    /** A record cannot be parsed. */
    ENTRY,
    /** A dtype that does not exist, or that cannot be stored. */
    DTYPE,
    /** A shape that no tensor has. */
    SHAPE,
    /** A size that disagrees with shape and dtype. */
    SIZE,
    /** A shard number that the header does not allow. */
    SHARD,
    /** The file ends before the bytes that an entry names. */
    TRUNCATED,
    /** A tensor's checksum does not match its bytes. */
    TENSOR_CHECKSUM,
    /** A string tensor's lengths contradict their checksum or the entry. */
    STRING_LENGTHS,
    /** A variant cannot be parsed, or its checksum does not match. */
    VARIANT,
    /** Slices of a partitioned tensor overlap, leave a gap, or contradict it. */
    SLICES,
    /** Two tensors share bytes of a shard. */
    OVERLAP,
    /** Bytes of a shard that belong to no tensor and are not zero. */
    UNUSED_BYTES;

    /**
     * The name as the tool prints it.
     *
     * @return lower case with hyphens
     */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
