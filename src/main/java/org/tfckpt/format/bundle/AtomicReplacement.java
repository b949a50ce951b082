package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/**
 * Gives the finished files of a checkpoint their names so that a crash at any time leaves either the old or the new
 * checkpoint complete.
 *
 * <p>If the old index refers to none of the new names, the data files are renamed first and the index last. If the old
 * checkpoint has as many data files as the new one, no order of renames is safe. A second index then serves as a
 * bridge: it has the same tensors but another number of data files, and therefore refers to other names:
 *
 * <pre>
 * before    P.index → P.data-00000-of-00001 (old)
 * link      P.data-00000-of-00002 (new), a second name of the temporary file
 * rename    P.index → P.data-00000-of-00002           replaces the old checkpoint in one step
 * rename    P.data-00000-of-00001 (new)               no index refers to it now
 * rename    P.index → P.data-00000-of-00001           the final state
 * delete    P.data-00000-of-00002
 * </pre>
 *
 * <p>Files get their names by hard links where possible, so that {@link StaleFiles} can distinguish files left by a
 * crash from other files. On a file system without links, the bridge is a copy, and files are renamed. The guarantee
 * depends on the file system: its rename must replace a file atomically.
 */
final class AtomicReplacement {
    /** Writes an index for a number of data files to a new file. */
    interface IndexWriter {
        void write(SeekableByteChannel file, int shards) throws IOException;
    }

    private final BundlePrefix prefix;
    private final TemporaryFiles files;
    private final int shards;
    private final boolean overwrite;
    /** Files to delete again if a later step fails. */
    private final List<Path> placed = new ArrayList<>();

    AtomicReplacement(BundlePrefix prefix, TemporaryFiles files, int shards, boolean overwrite) {
        this.prefix = prefix;
        this.files = files;
        this.shards = shards;
        this.overwrite = overwrite;
    }

    /** Throws an exception if a file exists that must not be replaced. */
    static void requireFree(BundlePrefix prefix, boolean overwrite) throws IOException {
        if (overwrite) {
            return;
        }
        if (Files.exists(prefix.index(), LinkOption.NOFOLLOW_LINKS)) {
            throw exists(prefix.index());
        }
        List<DataFile> data = DataFile.of(prefix);
        if (!data.isEmpty()) {
            throw exists(data.get(0).path());
        }
    }

    private static FileAlreadyExistsException exists(Path file) {
        return new FileAlreadyExistsException(file.toString(), null, "already exists; overwriting is not enabled");
    }

    void run(IndexWriter index) throws IOException {
        index.write(files.indexChannel(), shards);
        requireFree(prefix, overwrite);
        if (mayReferToNewNames()) {
            replaceAcrossBridge(index);
        } else {
            publish();
        }
        deleteOldData();
    }

    /** Returns whether renaming the new data files could replace a data file of the old checkpoint. */
    private boolean mayReferToNewNames() throws IOException {
        if (!Files.exists(prefix.index())) {
            return false;
        }
        Integer count = StaleFiles.shardCount(prefix);
        // An unreadable index may refer to any file, and might be repaired later.
        return count == null
                || count == shards
                || DataFile.of(prefix).stream().anyMatch(file -> file.count() == shards);
    }

    private void publish() throws IOException {
        try {
            for (int shard = 0; shard < shards; shard++) {
                place(files.shard(shard), prefix.data(shard, shards));
            }
            DurableFiles.forceNames(prefix.directory());
            // Unlike a rename, a link never replaces a file, not even one created a moment ago.
            if (overwrite || !DurableFiles.link(files.index(), prefix.index())) {
                replaceIndex(files.index());
            }
        } catch (IOException | RuntimeException e) {
            undo(e);
            throw e;
        }
        DurableFiles.forceNames(prefix.directory());
    }

    private void place(Path temporary, Path file) throws IOException {
        if (overwrite) {
            // It belongs to a checkpoint without an index.
            Files.deleteIfExists(file);
        }
        if (!DurableFiles.link(temporary, file)) {
            DurableFiles.rename(temporary, file);
        }
        placed.add(file);
    }

    private void replaceIndex(Path index) throws IOException {
        try {
            DurableFiles.rename(index, prefix.index());
        } catch (IOException e) {
            // A network file system may report an error although the rename was done.
            if (!Files.notExists(index)) {
                throw e;
            }
        }
    }

    private void replaceAcrossBridge(IndexWriter index) throws IOException {
        int bridge = unusedCount();
        try {
            for (int shard = 0; shard < shards; shard++) {
                Path file = prefix.data(shard, bridge);
                placed.add(file);
                DurableFiles.linkOrCopy(files.shard(shard), file);
            }
            Path temporary = files.bridge();
            try (SeekableByteChannel file = DurableFiles.create(temporary)) {
                index.write(file, bridge);
            }
            DurableFiles.forceNames(prefix.directory());
            replaceIndex(temporary);
        } catch (IOException | RuntimeException e) {
            undo(e);
            throw e;
        }
        try {
            DurableFiles.forceNames(prefix.directory());
            for (int shard = 0; shard < shards; shard++) {
                DurableFiles.rename(files.shard(shard), prefix.data(shard, shards));
            }
            DurableFiles.forceNames(prefix.directory());
            DurableFiles.rename(files.index(), prefix.index());
            DurableFiles.forceNames(prefix.directory());
        } catch (IOException e) {
            throw new CheckpointException(
                    "The checkpoint '" + prefix
                            + "' is complete, but its data files could not be renamed and still end in '-of-" + bridge
                            + "': " + e.getMessage(),
                    ErrorContext.hint("it can be used as it is; writing it again corrects the names"),
                    e);
        }
    }

    /** Returns a number of data files that no existing data file has in its name and the index does not refer to. */
    private int unusedCount() throws IOException {
        Integer current = StaleFiles.shardCount(prefix);
        List<Integer> used = new ArrayList<>();
        DataFile.of(prefix).forEach(file -> used.add(file.count()));
        if (current != null) {
            used.add(current);
        }
        int count = shards + 1;
        while (used.contains(count)) {
            count++;
        }
        return count;
    }

    private void undo(Exception failure) {
        for (Path file : placed) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    /** Deletes data files of the old checkpoint and of the bridge. */
    private void deleteOldData() throws IOException {
        for (DataFile file : DataFile.of(prefix)) {
            if (file.count() != shards || file.shard() >= shards) {
                deleteUnlessInUse(file.path());
            }
        }
    }

    /** Deletes an obsolete file. Windows keeps a file that is open; the next writer deletes it. */
    static boolean deleteUnlessInUse(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException inUse) {
            return false;
        }
    }
}
