package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/**
 * Gives the finished files of a checkpoint their names, such that a crash at any instant leaves the checkpoint that was
 * there before, or the new one, whole.
 *
 * <p>Data files first, the index last, is enough where the old index refers to none of the new names. Where it does,
 * since the old checkpoint has as many data files, there is no order of renames that would do. Then a bridge is built of
 * a second index: the same tensors, but another count of data files, and so other names:
 *
 * <pre>
 * before    P.index → P.data-00000-of-00001 (old)
 * link      P.data-00000-of-00002 (new), a second name of the temporary file
 * rename    P.index → P.data-00000-of-00002           the new checkpoint is in force, in one step
 * rename    P.data-00000-of-00001 (new)               nobody refers to it by now
 * rename    P.index → P.data-00000-of-00001           as it is to be
 * delete    P.data-00000-of-00002
 * </pre>
 *
 * <p>Names are given by linking, so that what a crash leaves can be told from what somebody else has put there
 * ({@link StaleFiles}). A file system without links gets copies for a bridge, and renames else. The guarantee is the file
 * system's rename's: where it does not replace a file in one step, neither does this.
 */
final class AtomicReplacement {
    /** Writes the index, for a count of data files, to a new file. */
    interface IndexWriter {
        void write(SeekableByteChannel file, int shards) throws IOException;
    }

    private final BundlePrefix prefix;
    private final TemporaryFiles files;
    private final int shards;
    private final boolean overwrite;
    /** What has got a name that it loses again if the rest fails. */
    private final List<Path> placed = new ArrayList<>();

    AtomicReplacement(BundlePrefix prefix, TemporaryFiles files, int shards, boolean overwrite) {
        this.prefix = prefix;
        this.files = files;
        this.shards = shards;
        this.overwrite = overwrite;
    }

    /** Refuses to begin where something is that must not be replaced. */
    static void requireFree(BundlePrefix prefix, boolean overwrite) throws IOException {
        if (overwrite) {
            return;
        }
        if (Files.exists(prefix.index(), java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            throw exists(prefix.index());
        }
        List<DataFile> data = DataFile.of(prefix);
        if (!data.isEmpty()) {
            throw exists(data.get(0).path());
        }
    }

    private static FileAlreadyExistsException exists(Path file) {
        return new FileAlreadyExistsException(
                file.toString(), null, "it is there already, and is replaced only where that is asked for");
    }

    void run(IndexWriter index) throws IOException {
        index.write(files.indexChannel(), shards);
        requireFree(prefix, overwrite);
        if (mayReferToNewNames()) {
            replaceAcrossBridge(index);
        } else {
            publish();
        }
        removeOldData();
    }

    /** Whether there is a checkpoint that would lose a data file to the new one. */
    private boolean mayReferToNewNames() throws IOException {
        if (!Files.exists(prefix.index())) {
            return false;
        }
        Integer count = StaleFiles.shardCount(prefix);
        // Of an index that cannot be read nobody knows; somebody may want to mend it.
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
            // A link replaces nothing, not even what was put there a moment ago.
            if (overwrite || !DurableFiles.link(files.index(), prefix.index())) {
                putInForce(files.index());
            }
        } catch (IOException | RuntimeException e) {
            undo(e);
            throw e;
        }
        DurableFiles.forceNames(prefix.directory());
    }

    private void place(Path temporary, Path file) throws IOException {
        if (overwrite) {
            // Of a checkpoint whose index is gone.
            Files.deleteIfExists(file);
        }
        if (!DurableFiles.link(temporary, file)) {
            DurableFiles.rename(temporary, file);
        }
        placed.add(file);
    }

    private void putInForce(Path index) throws IOException {
        try {
            DurableFiles.rename(index, prefix.index());
        } catch (IOException e) {
            // A disk across a network may say no after it was done: then it is too late to go back.
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
            putInForce(temporary);
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
                    "The new checkpoint " + prefix + " is in its place, but its data files are still called '…-of-"
                            + bridge + "': " + e.getMessage(),
                    ErrorContext.hint("it can be used as it is; writing it again puts the names right"),
                    e);
        }
    }

    /** A count that no data file there has, and no index refers to. */
    private int unusedCount() throws IOException {
        Integer inForce = StaleFiles.shardCount(prefix);
        List<Integer> used = new ArrayList<>();
        DataFile.of(prefix).forEach(file -> used.add(file.count()));
        if (inForce != null) {
            used.add(inForce);
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

    /** What the old checkpoint had and the new one has not, or what led from the one to the other. */
    private void removeOldData() throws IOException {
        for (DataFile file : DataFile.of(prefix)) {
            if (file.count() != shards || file.shard() >= shards) {
                removeUnlessInUse(file.path());
            }
        }
    }

    /** Deletes what is no checkpoint's any more. Windows keeps what somebody reads; it goes with the next overwriting. */
    static boolean removeUnlessInUse(Path file) {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException inUse) {
            return false;
        }
    }
}
