package org.tfckpt;

import org.tfckpt.io.FileAccess;
import org.tfckpt.io.StorageFileSystem;

/**
 * Options for reading a checkpoint. Immutable; start from {@link #DEFAULT}.
 *
 * <p><b>Memory-mapped files.</b> By default data files are mapped, where their file system supports it. This is the
 * fastest way to read, and copies nothing except the first few small tensors of a file, which are read before the file
 * is mapped. If a file is truncated while it is mapped, later accesses can crash the JVM. To prevent this, the size of
 * the file is checked at most 0.1 ms before each read, and before every 16 MiB of a long one, and a file that is too
 * short causes a {@link org.tfckpt.tensor.DataLossException}. A file that is truncated between this check and the
 * access, or while a view of it is in use, is not detected: the access throws {@link InternalError} or crashes the JVM
 * (a signal within an intrinsic; seen on JDK 17 and 25). Use {@link #withoutMapping} for files that may be truncated
 * while they are read: then truncation always causes an exception.
 *
 * <p>With or without mapping, if a file is replaced by another one of the same name, its old version continues to be
 * read. Bytes that are changed in place are detected by their checksum, if they change before it is compared.
 */
public final class ReadOptions {
    /** Stands for the default of {@link StorageFileSystem}, a class that local files do not load. */
    private static final long DEFAULT_CACHE = -1;

    /** Checksums are compared and data files are mapped. */
    public static final ReadOptions DEFAULT = new ReadOptions(true, FileAccess.MAPPED, false, DEFAULT_CACHE);

    private final boolean checksums;
    private final FileAccess access;
    private final boolean assumesBfloat16;
    private final long cacheBytes;

    private ReadOptions(boolean checksums, FileAccess access, boolean assumesBfloat16, long cacheBytes) {
        this.checksums = checksums;
        this.access = access;
        this.assumesBfloat16 = assumesBfloat16;
        this.cacheBytes = cacheBytes;
    }

    /**
     * {@return whether the first read of a tensor compares its bytes with their checksum; true by default} The index,
     * and the lengths of strings, are checked in any case.
     */
    public boolean checksums() {
        return checksums;
    }

    /** {@return whether data files are memory-mapped, where their file system supports it; true by default} */
    public boolean mapping() {
        return access != FileAccess.CHANNEL;
    }

    /** {@return whether {@link Checkpoint#close} unmaps the data files; false by default} */
    public boolean unmapOnClose() {
        return access == FileAccess.MAPPED_UNTIL_CLOSE;
    }

    FileAccess access() {
        return access;
    }

    /** {@return a copy of these options that does not compare tensors with their checksums} */
    public ReadOptions withoutChecksums() {
        return new ReadOptions(false, access, assumesBfloat16, cacheBytes);
    }

    /**
     * Returns a copy of these options for which no mapping outlives {@link Checkpoint#close}. On JDK 22 and later, close
     * unmaps the data files; files of the V1 format are not mapped. On older JVMs, which cannot unmap a file, all files
     * are read through their channels. For servers that open and close checkpoints repeatedly: otherwise a mapping, and
     * the disk space of a deleted file, is freed when the garbage collector finds it.
     *
     * <p>After close, views obtained earlier throw {@link IllegalStateException} if they are views of a mapping; views of
     * copies stay valid. Use arrays, or stop using views before close. Code that accesses a view by its memory address
     * instead of the methods of its buffer can crash the JVM after close.
     *
     * <p>Close waits while another thread computes the checksum of a part of at most 16 MiB, or while the JDK writes a
     * view to a channel; other reads on other threads end with {@link IllegalStateException}. A checkpoint that is never
     * closed stays mapped.
     *
     * @return the new options
     */
    public ReadOptions withUnmapOnClose() {
        return new ReadOptions(checksums, FileAccess.MAPPED_UNTIL_CLOSE, assumesBfloat16, cacheBytes);
    }

    /** {@return a copy of these options that reads data files through their channels instead of mapping them} */
    public ReadOptions withoutMapping() {
        return new ReadOptions(checksums, FileAccess.CHANNEL, assumesBfloat16, cacheBytes);
    }

    /**
     * {@return whether arrays of NumPy whose elements are two bytes without a type are read as bfloat16; false by
     * default}
     */
    public boolean assumesBfloat16() {
        return assumesBfloat16;
    }

    /**
     * {@return a copy of these options that reads arrays of NumPy whose elements are two bytes without a type ({@code
     * |V2}) as bfloat16} NumPy itself has no bfloat16, and stores that of other packages so. Files of other formats are
     * read as without this option.
     */
    public ReadOptions assumingBfloat16() {
        return new ReadOptions(checksums, access, true, cacheBytes);
    }

    /**
     * {@return the number of bytes of the cache of a checkpoint that is read from a {@link org.tfckpt.storage.Storage};
     * 64 MiB by default, or a quarter of the heap if that is less}
     */
    public long cacheBytes() {
        return cacheBytes == DEFAULT_CACHE ? StorageFileSystem.DEFAULT_CACHE_BYTES : cacheBytes;
    }

    /**
     * Returns a copy of these options with another size of the cache for checkpoints that are read from a
     * {@link org.tfckpt.storage.Storage}. An eighth of it, but at most 8 MiB, is read by one request;
     * two more blocks of this size may be in use by readers.
     *
     * @param bytes the number of bytes; at least 4 MiB are used
     * @return the new options
     */
    public ReadOptions withCacheBytes(long bytes) {
        return new ReadOptions(checksums, access, assumesBfloat16, Math.max(bytes, 0));
    }

    @Override
    public String toString() {
        return (checksums ? "with checksums, " : "without checksums, ")
                + switch (access) {
                    case CHANNEL -> "not mapped";
                    case MAPPED -> "mapped";
                    case MAPPED_UNTIL_CLOSE -> "mapped until close";
                }
                + (assumesBfloat16 ? ", |V2 as bfloat16" : "");
    }
}
