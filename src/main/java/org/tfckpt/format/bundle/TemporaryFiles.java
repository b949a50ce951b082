package org.tfckpt.format.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.io.WriterLock;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * The temporary files of one writer, in the directory of the checkpoint: {@code P.index.tfckpt-tmp-0123456789abcdef},
 * {@code P.data-00000.tfckpt-tmp-…}, and for a short time {@code P.bridge.tfckpt-tmp-…}. The 16 hexadecimal digits
 * identify the writer.
 *
 * <p>The index exists from the beginning to the end and is locked, which shows other processes that the writer is
 * running. The operating system releases the lock when the process ends for any reason.
 */
final class TemporaryFiles implements Closeable {
    private static final Pattern NAME =
            Pattern.compile("\\.(?:index|bridge|data-([0-9]{5,9}))\\.tfckpt-tmp-([0-9a-f]{16})");

    private final BundlePrefix prefix;
    private final String writer;
    private final Set<Path> created = new LinkedHashSet<>();
    private final SeekableByteChannel index;

    private TemporaryFiles(BundlePrefix prefix, String writer) throws IOException {
        this.prefix = prefix;
        this.writer = writer;
        this.index = DurableFiles.create(index());
        created.add(index());
    }

    /** Creates an empty, locked index. */
    static TemporaryFiles create(BundlePrefix prefix) throws IOException {
        String writer = WriterLock.begin();
        try {
            TemporaryFiles files = new TemporaryFiles(prefix, writer);
            if (!WriterLock.lock(files.index) || !Files.exists(files.index())) {
                // Before it was locked, another writer took it for a stale file.
                files.close();
                throw beingWritten(prefix);
            }
            return files;
        } catch (IOException | RuntimeException e) {
            WriterLock.end(writer);
            throw e;
        }
    }

    /** Returns the exception for a second writer of the same checkpoint. */
    static CheckpointException beingWritten(BundlePrefix prefix) {
        return new CheckpointException(
                "Another writer is writing the checkpoint '" + prefix + "'",
                ErrorContext.hint("wait for the other writer to finish, or write to another prefix"));
    }

    /**
     * A temporary file of a running or a killed writer, which is identified by 16 digits. The number of the data file
     * that it was to become is null for an index.
     */
    record Found(Path path, String writer, @Nullable Integer shard) {}

    /** Returns all temporary files for a prefix. */
    static List<Found> find(BundlePrefix prefix) throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path file : DataFile.siblings(prefix)) {
            Matcher name = NAME.matcher(DataFile.rest(prefix, file));
            if (name.matches()) {
                Integer shard = name.group(1) == null ? null : Integer.valueOf(name.group(1));
                found.add(new Found(file, name.group(2), shard));
            }
        }
        return found;
    }

    /** Returns whether a writer is still running. */
    static boolean isRunning(BundlePrefix prefix, String writer) throws IOException {
        return WriterLock.isRunning(writer, path(prefix, ".index", writer));
    }

    private static Path path(BundlePrefix prefix, String kind, String writer) {
        return prefix.directory().resolve(prefix.base() + kind + WriterLock.MARK + writer);
    }

    private Path path(String kind) {
        return path(prefix, kind, writer);
    }

    /** Returns the path of the temporary index. */
    Path index() {
        return path(".index");
    }

    /** Returns the path of the bridge index, see {@link AtomicReplacement}. */
    Path bridge() {
        Path path = path(".bridge");
        created.add(path);
        return path;
    }

    /** Returns the path of a temporary data file. */
    Path shard(int number) {
        Path path = path(String.format(Locale.ROOT, ".data-%05d", number));
        created.add(path);
        return path;
    }

    /** Hard-links an existing data file as a temporary one. Returns false if the file system cannot link it. */
    boolean link(int number, Path file) throws IOException {
        return DurableFiles.link(real(file), shard(number));
    }

    /** Copies an existing data file to a temporary one. */
    void copy(int number, Path file, LongConsumer progress) throws IOException {
        DurableFiles.copy(real(file), shard(number), progress);
    }

    /** A relative symbolic link would point elsewhere from another directory. */
    private static Path real(Path file) throws IOException {
        try {
            return file.toRealPath();
        } catch (NoSuchFileException e) {
            throw new DataLossException(
                    ProblemKind.MISSING_FILE,
                    "the data file does not exist",
                    ErrorContext.at(file.toString(), -1).withTensorFlow(file + "; No such file or directory"),
                    e);
        }
    }

    /** Returns the open channel of the temporary index. */
    SeekableByteChannel indexChannel() {
        return index;
    }

    /** Deletes the temporary files that still exist. A file that cannot be deleted is left to the next writer. */
    @Override
    public void close() {
        try {
            index.close();
        } catch (IOException nothingIsLost) {
            // It was forced to disk before it got its name, and is not needed without one.
        }
        // The index last: without it, nothing shows that the writer of the other files is dead.
        List<Path> latestFirst = new ArrayList<>(created);
        Collections.reverse(latestFirst);
        for (Path file : latestFirst) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException leftToTheNextWriter) {
                // The next writer recognises it by its name.
            }
        }
        WriterLock.end(writer);
    }
}
