package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What writers that were killed have left beside a checkpoint: their temporary files, and data files under names that no
 * index came to refer to. The latter are told by being the very same files as temporary ones, or as data files that the
 * index does refer to: {@link AtomicReplacement} links before it takes away.
 */
final class StaleFiles {
    private final BundlePrefix prefix;
    private final List<DataFile> data;
    private final @Nullable Integer inForce;

    private StaleFiles(BundlePrefix prefix) throws IOException {
        this.prefix = prefix;
        this.data = DataFile.of(prefix);
        this.inForce = shardCount(prefix);
    }

    /** Takes them away, unless their writer lives: then there must be no second one. */
    static void sweep(BundlePrefix prefix) throws IOException {
        List<TemporaryFiles.Found> dead = new ArrayList<>();
        Map<String, Boolean> alive = new HashMap<>();
        for (TemporaryFiles.Found file : TemporaryFiles.find(prefix)) {
            Boolean known = alive.get(file.run());
            if (known == null) {
                known = TemporaryFiles.isAlive(prefix, file.run());
                alive.put(file.run(), known);
            }
            if (known) {
                throw TemporaryFiles.beingWritten(prefix);
            }
            dead.add(file);
        }
        StaleFiles leftOvers = new StaleFiles(prefix);
        leftOvers.bridges();
        leftOvers.temporaries(dead);
    }

    /** The count of data files that the index refers to, or null if there is no index that can be read. */
    static @Nullable Integer shardCount(BundlePrefix prefix) {
        try (BundleIndex index = BundleIndex.open(prefix)) {
            return index.header().shardCount();
        } catch (IOException unreadable) {
            return null;
        }
    }

    /** Second names of data files in force. */
    private void bridges() throws IOException {
        if (inForce == null) {
            return;
        }
        for (DataFile file : data) {
            if (file.count() != inForce && isSame(file, prefix.data(file.shard(), inForce))) {
                Files.deleteIfExists(file.path());
            }
        }
    }

    private void temporaries(List<TemporaryFiles.Found> dead) throws IOException {
        boolean noCheckpoint = !Files.exists(prefix.index());
        for (TemporaryFiles.Found temporary : dead) {
            for (DataFile file : data) {
                // An index that cannot be read might refer to anything.
                boolean unused = noCheckpoint || (inForce != null && file.count() != inForce);
                if (unused && temporary.shard() != null && file.shard() == temporary.shard()) {
                    if (isSame(file, temporary.path())) {
                        Files.deleteIfExists(file.path());
                    }
                }
            }
        }
        // The index after the data files: until then they can be told to be of a writer that is dead.
        for (TemporaryFiles.Found temporary : dead) {
            if (temporary.shard() != null) {
                Files.deleteIfExists(temporary.path());
            }
        }
        for (TemporaryFiles.Found temporary : dead) {
            Files.deleteIfExists(temporary.path());
        }
    }

    private static boolean isSame(DataFile file, java.nio.file.Path other) throws IOException {
        try {
            return Files.isSameFile(file.path(), other);
        } catch (java.nio.file.NoSuchFileException e) {
            return false;
        }
    }
}
