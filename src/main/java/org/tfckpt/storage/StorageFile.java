package org.tfckpt.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A file of a {@link Storage}, whose bytes are read by their position. Thread-safe: up to eight threads read at the same
 * time, each another range.
 *
 * <p>The bytes are expected not to change. An implementation that notices that the file was replaced since its first
 * bytes were read throws an {@link IOException} that says so.
 *
 * <p>A file that does not exist causes a {@link java.nio.file.NoSuchFileException}: from {@link Storage#open}, or from
 * the first call of {@link #size} or {@link #read} if opening does no I/O.
 */
public interface StorageFile extends Closeable {
    /**
     * Returns the size of the file. This library reads from the beginning of a file before it asks for the size, so an
     * implementation that learns the size from its first read needs no request for it.
     *
     * @return the size in bytes
     * @throws IOException if it cannot be determined
     */
    long size() throws IOException;

    /**
     * Reads bytes at a position, at least one of them unless the file ends there. The caller asks again for those that
     * are missing. This library reads in large ranges, so an implementation neither buffers nor reads ahead.
     *
     * @param position the position of the first byte, from 0; may lie at or beyond the end of the file
     * @param target receives at most its remaining bytes, of which there is at least one; its position is advanced
     * @return the number of bytes read; −1 if the file ends at or before the position
     * @throws IOException if they cannot be read
     */
    int read(long position, ByteBuffer target) throws IOException;

    /**
     * {@return any text that distinguishes the contents of this file from those of another file of the same name: an
     * entity tag, a generation, a time of modification; empty if there is none, or if it is not known before the first
     * read}
     */
    default Optional<String> version() {
        return Optional.empty();
    }
}
