package org.tfckpt;

/**
 * How a checkpoint is read.
 *
 * @param checksums whether the first read of a tensor compares its bytes with their checksum. The blocks of the index,
 *     and the lengths of strings, are always checked
 * @param mapping whether data files are mapped into memory, where their file system can: the fastest way, and without
 *     copies but of the first few small tensors of a file, which are sooner read than the file is mapped. Before each
 *     read, and every 16 MiB within a long one, the file's size is known from a look that is at most 0.1 ms old, so that
 *     a file that was cut off before is an exception. One that is cut off between that look and the access, or under a
 *     view that was handed out, is not: the access ends with an {@link InternalError} or ends the JVM (an operating
 *     system's signal inside an intrinsic; seen on JDK 17 and 25). Turn mapping off for files that someone may cut off:
 *     then it is always an exception. In either way a file that is replaced by another of its name is read on as it was, and bytes
 *     that change in place are found by their checksum if they change before it is compared
 */
public record ReadOptions(boolean checksums, boolean mapping) {
    /** Checked and mapped. */
    public static final ReadOptions DEFAULT = new ReadOptions(true, true);

    /**
     * The same without comparing tensors with their checksums.
     *
     * @return other options
     */
    public ReadOptions withoutChecksums() {
        return new ReadOptions(false, mapping);
    }

    /**
     * The same, reading through the files' channels.
     *
     * @return other options
     */
    public ReadOptions withoutMapping() {
        return new ReadOptions(checksums, false);
    }
}
