package org.tfckpt.format.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/**
 * The files that one writer fills before they get their names, beside their places:
 * {@code P.index.tfckpt-tmp-0123456789abcdef}, {@code P.data-00000.tfckpt-tmp-…}, and for a moment
 * {@code P.bridge.tfckpt-tmp-…}. The sixteen digits are the writer's own.
 *
 * <p>The index is there from the first moment to the last, and locked: so another process sees that its writer lives,
 * and the lock goes with the process, however it ends.
 */
final class TemporaryFiles implements Closeable {
    private static final String MARK = ".tfckpt-tmp-";
    private static final Pattern NAME =
            Pattern.compile("\\.(?:index|bridge|data-([0-9]{5,9}))\\.tfckpt-tmp-([0-9a-f]{16})");

    /** The writers of this JVM: to try the lock of one's own file would lose it, on many systems. */
    private static final Set<String> ALIVE = ConcurrentHashMap.newKeySet();

    private final BundlePrefix prefix;
    private final String run;
    private final Set<Path> made = new LinkedHashSet<>();
    private final SeekableByteChannel index;

    private TemporaryFiles(BundlePrefix prefix, String run) throws IOException {
        this.prefix = prefix;
        this.run = run;
        this.index = DurableFiles.create(index());
        made.add(index());
    }

    /** Begins with the index, empty. */
    static TemporaryFiles create(BundlePrefix prefix) throws IOException {
        String run = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        ALIVE.add(run);
        try {
            TemporaryFiles files = new TemporaryFiles(prefix, run);
            if (!lock(files.index) || !Files.exists(files.index())) {
                // Another writer took it for a dead one's in the moment before it was locked.
                files.close();
                throw beingWritten(prefix);
            }
            return files;
        } catch (IOException | RuntimeException e) {
            ALIVE.remove(run);
            throw e;
        }
    }

    /** What a second writer of one checkpoint is told. */
    static CheckpointException beingWritten(BundlePrefix prefix) {
        return new CheckpointException(
                "The checkpoint " + prefix + " is being written by somebody else",
                ErrorContext.hint("wait for the other writer to finish, or write to another prefix"));
    }

    /** Whether the lock was there to be had; true also where there are no locks. */
    private static boolean lock(SeekableByteChannel channel) {
        if (channel instanceof FileChannel file) {
            try {
                return file.tryLock() != null;
            } catch (OverlappingFileLockException e) {
                return false;
            } catch (IOException | UnsupportedOperationException noLocksHere) {
                return true;
            }
        }
        return true;
    }

    /**
     * A file that some writer has left, or is about to fill.
     *
     * @param path where it is
     * @param run the writer's digits
     * @param shard which data file it would have become; null for an index
     */
    record Found(Path path, String run, @Nullable Integer shard) {}

    /** All that are there for a prefix. */
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

    /** Whether the writer of a file that was found is still at work. */
    static boolean isAlive(BundlePrefix prefix, String run) throws IOException {
        if (ALIVE.contains(run)) {
            return true;
        }
        Path index = path(prefix, ".index", run);
        try (SeekableByteChannel channel = Files.newByteChannel(index, java.nio.file.StandardOpenOption.WRITE)) {
            return !lock(channel);
        } catch (java.nio.file.NoSuchFileException e) {
            return false;
        }
    }

    private static Path path(BundlePrefix prefix, String kind, String run) {
        return prefix.directory().resolve(prefix.base() + kind + MARK + run);
    }

    private Path path(String kind) {
        return path(prefix, kind, run);
    }

    /** The index to come. */
    Path index() {
        return path(".index");
    }

    /** The index that leads from the old checkpoint to the new one, see {@link AtomicReplacement}. */
    Path bridge() {
        Path path = path(".bridge");
        made.add(path);
        return path;
    }

    /** A data file to come. */
    Path shard(int number) {
        Path path = path(String.format(Locale.ROOT, ".data-%05d", number));
        made.add(path);
        return path;
    }

    /** Has a file that is complete as a data file to come: a second name for it, or a copy. */
    void adopt(int number, Path file) throws IOException {
        DurableFiles.linkOrCopy(file.toRealPath(), shard(number));
    }

    /**
     * The same, in one way alone.
     *
     * @return false if it should be linked and cannot be; then nothing has changed
     */
    boolean adopt(int number, Path file, boolean link, LongConsumer progress) throws IOException {
        // A symbolic link would lead nowhere, or somewhere else, from another directory.
        Path real = file.toRealPath();
        if (link) {
            return DurableFiles.link(real, shard(number));
        }
        DurableFiles.copy(real, shard(number), progress);
        return true;
    }

    /** The open index file, which only one writes to. */
    SeekableByteChannel indexChannel() {
        return index;
    }

    /** Takes away what is still there; what cannot be taken away is left to the next writer. */
    @Override
    public void close() {
        try {
            index.close();
        } catch (IOException nothingIsLost) {
            // It is forced before it gets its name, and worthless before that.
        }
        // The index last: as long as there is one, the others can be told to be of a writer that is dead.
        List<Path> latestFirst = new ArrayList<>(made);
        Collections.reverse(latestFirst);
        for (Path file : latestFirst) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException leftToTheNext) {
                // Recognisable by its name.
            }
        }
        ALIVE.remove(run);
    }
}
