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
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.TensorInfo.Storage;

/**
 * The data files of one checkpoint that is being written, and which of them takes what comes next: by number, each tensor
 * goes to the one that holds the fewest bytes; by size, a new one is begun when a tensor would pass it.
 */
final class ShardFiles implements Closeable {
    private final TemporaryFiles files;
    private final long maxBytes;
    /** Null stands for a file of another checkpoint. */
    private final List<@Nullable ShardFile> shards = new ArrayList<>();

    /** Sizes of the files of other checkpoints, by their numbers. */
    private final Map<Integer, Long> shared = new HashMap<>();

    private final Set<Integer> linked = new HashSet<>();
    private @Nullable ShardFile chosen;
    private LongConsumer progress = bytes -> {};

    /**
     * No files yet.
     *
     * @param files where they are made
     * @param count how many there will be; 0 for as many as their size needs
     * @param maxBytes what one holds, unless a single tensor is larger
     */
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

    /** From here on everything goes to this one. */
    void choose(int number) {
        chosen = shards.get(number);
    }

    /** Registers a listener that receives the number of bytes after each write. */
    void onProgress(LongConsumer listener) {
        progress = listener;
    }

    /** From here on everything goes to a new one. */
    int beginNext() throws IOException {
        if (chosen != null) {
            // Many files need not be open at a time.
            chosen.finish();
        }
        chosen = begin();
        return chosen.number();
    }

    /** The file that takes the next tensor. */
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
     * Links, or else copies, a complete file as the next shard.
     *
     * @return its number; -1 if it may only be linked, and cannot be
     */
    int link(Path file, boolean mayLink, boolean mayCopy) throws IOException {
        int number = shards.size();
        boolean done = mayLink && files.adopt(number, file, true, progress);
        if (!done && !mayCopy) {
            return -1;
        }
        if (!done) {
            files.adopt(number, file, false, progress);
        }
        if (done) {
            linked.add(number);
        }
        shared.put(number, Files.size(file));
        shards.add(null);
        return number;
    }

    /** Whether a file of another checkpoint was linked, not copied. */
    boolean isLinked(int number) {
        return linked.contains(number);
    }

    /** Whether bytes lie within a file of another checkpoint. */
    boolean isShared(Storage storage) {
        Long size = shared.get(storage.shard());
        return size != null
                && storage.offset() >= 0
                && storage.size() >= 0
                && storage.offset() <= size - storage.size();
    }

    /** Has the disk take everything. */
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
        for (ShardFile shard : shards) {
            if (shard != null) {
                shard.close();
            }
        }
    }
}
