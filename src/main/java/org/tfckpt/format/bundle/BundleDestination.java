package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * The destination of a new checkpoint: prepares the directory, and describes failures.
 *
 * @param prefix the prefix of the new checkpoint
 * @param overwrite whether to replace an existing checkpoint
 */
record BundleDestination(BundlePrefix prefix, boolean overwrite) {
    /**
     * Creates the directory if necessary, deletes the stale files of killed writers, and creates the temporary files.
     *
     * @throws FileAlreadyExistsException if a checkpoint exists and must not be replaced
     * @throws CheckpointException if the directory is not writable, or another writer is writing the same checkpoint
     */
    TemporaryFiles prepare() throws IOException {
        try {
            createDirectory();
            StaleFiles.delete(prefix);
            AtomicReplacement.requireFree(prefix, overwrite);
            return TemporaryFiles.create(prefix);
        } catch (IOException e) {
            throw describe(e);
        }
    }

    /** Creates one level only, as TensorFlow does: a mistyped path should not become a tree of directories. */
    private void createDirectory() throws IOException {
        Path directory = prefix.directory().toAbsolutePath();
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectory(directory);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(
                    "the directory '" + prefix.directory() + "' cannot be created because its parent does not exist",
                    ErrorContext.hint("create the parent, or check the path for typing errors")
                            .withTensorFlow("Parent directory of " + prefix + " doesn't exist, can't save."),
                    e);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw new CheckpointException(
                        "a checkpoint cannot be written to '" + prefix.directory() + "', which is not a directory",
                        ErrorContext.NONE,
                        e);
            }
        }
    }

    /** Adds the checkpoint to an error of the file system, such as a full disk or a missing permission. */
    IOException describe(IOException failure) {
        return failure instanceof CheckpointException || failure instanceof FileAlreadyExistsException
                ? failure
                : new CheckpointException(
                        "the checkpoint '" + prefix + "' cannot be written: " + reason(failure),
                        ErrorContext.NONE,
                        failure);
    }

    private static String reason(IOException failure) {
        if (failure instanceof AccessDeniedException denied) {
            return "permission denied for '" + denied.getFile() + "'";
        }
        if (failure instanceof NoSuchFileException missing) {
            return "'" + missing.getFile() + "' does not exist";
        }
        if (failure instanceof FileSystemException file && file.getReason() != null) {
            return (file.getFile() == null ? "" : "'" + file.getFile() + "': ") + file.getReason();
        }
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    static DataLossException missing(Path file, NoSuchFileException cause) {
        return new DataLossException(
                ProblemKind.MISSING_FILE,
                "the data file does not exist",
                ErrorContext.at(file.toString(), -1).withTensorFlow(file + "; No such file or directory"),
                cause);
    }
}
