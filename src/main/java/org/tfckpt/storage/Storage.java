package org.tfckpt.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A place that holds files: a bucket, a server, a directory of a distributed file system, memory.
 * {@link org.tfckpt.Checkpoint} reads checkpoints from it, through a cache of blocks.
 *
 * <p>Files have names relative to {@link #location}: parts separated by {@code /}, none of which is empty, {@code .} or
 * {@code ..}. A name is plain text: an implementation for URLs encodes it.
 *
 * <p>Thread-safe. Who creates a storage closes it, after everything that reads from it.
 */
public interface Storage extends Closeable {
    /**
     * {@return a URI or path that ends with {@code /}, or the empty text: the place itself, for messages, where the
     * names of files are appended to it} It contains no password, signature or other secret.
     */
    String location();

    /**
     * Opens a file.
     *
     * @param name the name of the file
     * @return the file; the caller closes it
     * @throws java.nio.file.NoSuchFileException if there is no file of this name; the first read may report this instead
     * @throws IOException if it cannot be opened
     */
    StorageFile open(String name) throws IOException;

    /**
     * Lists a directory. Without this, a checkpoint is found by its exact name, and messages make no suggestions.
     *
     * @param directory the name of the directory; the empty text for {@link #location} itself
     * @return the names in the directory, without the name of the directory itself, in any order; those of directories
     *     end with {@code /}. An empty list if there is no directory of this name. Empty if the storage cannot list
     * @throws IOException if the directory cannot be listed
     */
    default Optional<List<String>> list(String directory) throws IOException {
        return Optional.empty();
    }

    /**
     * Releases the connections of this storage, if it has any.
     *
     * @throws IOException if that fails
     */
    @Override
    default void close() throws IOException {}
}
