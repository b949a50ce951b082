package org.tfckpt.format.bundle;

import java.io.IOException;
import org.tfckpt.format.Destination;

/**
 * The destination of a new checkpoint, which may replace an existing one: prepares the directory, and describes
 * failures.
 */
record BundleDestination(BundlePrefix prefix, boolean overwrite) {
    /**
     * Creates the directory if necessary, deletes the stale files of killed writers, and creates the temporary files.
     * Throws if a checkpoint exists and must not be replaced, the directory is not writable, or another writer is
     * writing the same checkpoint.
     */
    TemporaryFiles prepare() throws IOException {
        try {
            Destination.createDirectory(prefix.directory(), prefix.toString());
            StaleFiles.delete(prefix);
            AtomicReplacement.requireFree(prefix, overwrite);
            return TemporaryFiles.create(prefix);
        } catch (IOException e) {
            throw describe(e);
        }
    }

    /** Adds the checkpoint to an error of the file system, such as a full disk or a missing permission. */
    IOException describe(IOException failure) {
        return Destination.describe("the checkpoint '" + prefix + "'", failure);
    }
}
