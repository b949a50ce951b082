package org.tfckpt.format.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.Closeables;
import org.tfckpt.tensor.TensorInfo.Storage;

/**
 * The data files of a checkpoint that is being written. Chooses the file for each tensor: with a fixed number of files,
 * the one that holds the fewest bytes; with a maximum size, the last one, or a new one if the tensor would exceed the
 * size.
 */
final class ShardFiles implements Closeable {
    private final TemporaryFiles files;
    private final long maxBytes;
    /** Null stands for a file of another checkpoint. */
    private final List<@Nullable ShardFile> shards = new ArrayList<>();

    /** The sizes of files of other checkpoints, by shard number. */
    private final Map<Integer, Long> foreignSizes = new HashMap<>();

    private final Set<Integer> linked = new HashSet<>();
    private @Nullable ShardFile chosen;
    private LongConsumer progress = bytes -> {};

    /** Creates a number of data files, or creates them as their sizes require if it is 0. */
    ShardFiles(TemporaryFiles files, int count, long maxBytes) throws IOException {
        this.files = files;
        this.maxBytes = maxBytes;
        for (int number = 0; number < count; number++) {
            begin();
        }
    }

    private ShardFile begin() throws IOException {
        int number = shards.size();
        ShardFile shard = new ShardFile(number, files.shard(number), bytes -> progress.accept(bytes));
        shards.add(shard);
        return shard;
    }

    int count() {
        return shards.size();
    }

    /** Selects the data file for subsequent tensors. */
    void choose(int number) {
        chosen = shards.get(number);
    }

    void onProgress(LongConsumer listener) {
        progress = listener;
    }

    /** Starts a new data file for subsequent tensors, and returns its number. */
    int beginNext() throws IOException {
        if (chosen != null) {
            // Finished now, so that only one file needs to be open.
            chosen.finish();
        }
        chosen = begin();
        return chosen.number();
    }

    /** Returns the data file for the next tensor. */
    ShardFile next(long bytes) throws IOException {
        if (chosen != null) {
            return chosen;
        }
        return maxBytes > 0 ? bySize(bytes) : emptiest();
    }

    private ShardFile emptiest() {
        ShardFile emptiest = null;
        for (ShardFile shard : shards) {
            if (shard != null && (emptiest == null || shard.position() < emptiest.position())) {
                emptiest = shard;
            }
        }
        if (emptiest == null) {
            throw new IllegalStateException("there is no data file to write to");
        }
        return emptiest;
    }

    private ShardFile bySize(long bytes) throws IOException {
        ShardFile last = shards.isEmpty() ? null : shards.get(shards.size() - 1);
        if (last == null) {
            return begin();
        }
        if (last.position() > 0 && last.position() > maxBytes - bytes) {
            last.finish();
            return begin();
        }
        return last;
    }

    /**
     * Makes a complete data file of another checkpoint the next data file. Returns its number, or -1 if it could not be
     * linked and must not be copied.
     */
    int link(Path file, boolean link, boolean copy) throws IOException {
        int number = shards.size();
        if (link && files.link(number, file)) {
            linked.add(number);
        } else if (copy) {
            files.copy(number, file, progress);
        } else {
            return -1;
        }
        foreignSizes.put(number, Files.size(file));
        shards.add(null);
        return number;
    }

    /** Returns whether a file of another checkpoint was linked, not copied. */
    boolean isLinked(int number) {
        return linked.contains(number);
    }

    /** Returns whether bytes are within a file of another checkpoint. */
    boolean isForeign(Storage storage) {
        Long size = foreignSizes.get(storage.shard());
        return size != null
                && storage.offset() >= 0
                && storage.size() >= 0
                && storage.offset() <= size - storage.size();
    }

    /** Returns the size of a data file taken from another checkpoint, 0 if there is no such file. */
    long linkedSize(int shard) {
        return foreignSizes.getOrDefault(shard, 0L);
    }

    /** Forces all data files to disk and closes them. */
    void finish() throws IOException {
        if (shards.isEmpty()) {
            // TensorFlow's checkpoints have a data file even without tensors.
            begin();
        }
        for (ShardFile shard : shards) {
            if (shard != null) {
                shard.finish();
            }
        }
    }

    @Override
    public void close() throws IOException {
        Closeables.closeAll(shards.stream().filter(Objects::nonNull).toList());
    }
}
