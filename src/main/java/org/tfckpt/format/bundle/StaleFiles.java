package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;

/**
 * Files that killed writers left behind: temporary files, and data files that no index refers to. {@link
 * AtomicReplacement} links a file before it deletes the old name, so such a data file is identical to a temporary file,
 * or to a data file that the index refers to. No other data file is deleted.
 */
final class StaleFiles {
    private final BundlePrefix prefix;
    private final List<DataFile> data;
    /** The number of data files that the index refers to, or null if there is no readable index. */
    private final @Nullable Integer current;

    private StaleFiles(BundlePrefix prefix) throws IOException {
        this.prefix = prefix;
        this.data = DataFile.of(prefix);
        this.current = shardCount(prefix);
    }

    /**
     * Deletes the stale files of a checkpoint.
     *
     * @throws CheckpointException if their writer is still running: there must be no second one
     */
    static void delete(BundlePrefix prefix) throws IOException {
        List<TemporaryFiles.Found> dead = new ArrayList<>();
        Map<String, Boolean> running = new HashMap<>();
        for (TemporaryFiles.Found file : TemporaryFiles.find(prefix)) {
            Boolean isRunning = running.get(file.writer());
            if (isRunning == null) {
                isRunning = TemporaryFiles.isRunning(prefix, file.writer());
                running.put(file.writer(), isRunning);
            }
            if (isRunning) {
                throw TemporaryFiles.beingWritten(prefix);
            }
            dead.add(file);
        }
        StaleFiles stale = new StaleFiles(prefix);
        stale.deleteBridges();
        stale.deleteTemporaries(dead);
    }

    /** Returns the number of data files that the index refers to, or null if there is no readable index. */
    static @Nullable Integer shardCount(BundlePrefix prefix) {
        try (BundleIndex index = BundleIndex.open(prefix)) {
            return index.shardCount();
        } catch (IOException unreadable) {
            return null;
        }
    }

    /** Deletes second names of data files that the index refers to. */
    private void deleteBridges() throws IOException {
        if (current == null) {
            return;
        }
        for (DataFile file : data) {
            if (file.count() != current && isSame(file, prefix.data(file.shard(), current))) {
                Files.deleteIfExists(file.path());
            }
        }
    }

    private void deleteTemporaries(List<TemporaryFiles.Found> dead) throws IOException {
        boolean noCheckpoint = !Files.exists(prefix.index());
        for (TemporaryFiles.Found temporary : dead) {
            for (DataFile file : data) {
                // An unreadable index might refer to any file.
                boolean unused = noCheckpoint || (current != null && file.count() != current);
                if (unused && temporary.shard() != null && file.shard() == temporary.shard()) {
                    if (isSame(file, temporary.path())) {
                        Files.deleteIfExists(file.path());
                    }
                }
            }
        }
        // The temporary index last: without it, nothing shows that the writer of the data files is dead.
        for (TemporaryFiles.Found temporary : dead) {
            if (temporary.shard() != null) {
                Files.deleteIfExists(temporary.path());
            }
        }
        for (TemporaryFiles.Found temporary : dead) {
            Files.deleteIfExists(temporary.path());
        }
    }

    private static boolean isSame(DataFile file, Path other) throws IOException {
        try {
            return Files.isSameFile(file.path(), other);
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
