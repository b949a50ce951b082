package org.tfckpt.format;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.io.NewFile;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/** Prepares the directory of a new file, and describes failures. */
public final class Destination {
    private Destination() {}

    /**
     * Creates a directory if it does not exist. Creates one level only, as TensorFlow does: a mistyped path should not
     * become a tree of directories. Messages name the file or checkpoint that is written to it.
     */
    public static void createDirectory(Path directory, String name) throws IOException {
        Path absolute = directory.toAbsolutePath();
        if (Files.isDirectory(absolute)) {
            return;
        }
        try {
            Files.createDirectory(absolute);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(
                    "the directory '" + directory + "' cannot be created because its parent does not exist",
                    ErrorContext.hint("create the parent, or check the path for typing errors")
                            .withTensorFlow("Parent directory of " + name + " doesn't exist, can't save."),
                    e);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(absolute)) {
                throw new CheckpointException(
                        "a checkpoint cannot be written to '" + directory + "', which is not a directory",
                        ErrorContext.NONE,
                        e);
            }
        }
    }

    /**
     * Returns the exception to throw for an error of the file system, such as a full disk or a missing permission: with
     * what cannot be written.
     */
    public static IOException describe(String what, IOException failure) {
        return failure instanceof CheckpointException || failure instanceof FileAlreadyExistsException
                ? failure
                : new CheckpointException(what + " cannot be written: " + reason(failure), ErrorContext.NONE, failure);
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

    /** Throws {@link FileAlreadyExistsException} if a file exists. */
    public static void requireFree(Path file) throws FileAlreadyExistsException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(file.toString(), null, "already exists; overwriting is not enabled");
        }
    }

    /** Writes the content of a new file. */
    @FunctionalInterface
    public interface Content {
        /** Writes the content of a file that is not visible under its name yet. */
        void writeTo(NewFile file) throws IOException;
    }

    /**
     * Writes a file, which appears under its name once it is complete and forced to the disk. Throws {@link
     * FileAlreadyExistsException} if it exists and must not be replaced.
     */
    public static void write(Path target, boolean overwrite, LongConsumer progress, Content content)
            throws IOException {
        if (!overwrite) {
            requireFree(target);
        }
        createDirectory(directory(target), target.toString());
        try (NewFile file = NewFile.create(target, progress)) {
            content.writeTo(file);
            file.finish();
            file.publish();
            DurableFiles.forceNames(directory(target));
        }
    }

    /** Returns the directory of a file; the empty path for the current one. */
    public static Path directory(Path file) {
        Path directory = file.getParent();
        return directory == null ? file.getFileSystem().getPath("") : directory;
    }
}
