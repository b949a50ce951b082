package org.tfckpt;

/**
 * How a checkpoint is read.
 *
 * @param checksums whether the first read of a tensor compares its bytes with their checksum. The blocks of the index,
 *     and the lengths of strings, are always checked
 * @param mapping whether data files are mapped into memory, where their file system can: the fastest way, and without
 *     copies. A mapped file that is cut off while it is read ends the JVM (an operating system's signal inside an
 *     intrinsic; seen on JDK 17 and 25), although its size is checked before each read: turn mapping off for files that
 *     someone may change meanwhile; then it is an exception
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
