package org.tfckpt.spark;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.io.StorageFileSystem;

/** The files that a task reads, through one cache. Not thread-safe. */
final class OpenFiles implements Closeable {
    /** A task has at most this part of the heap for its cache, and all tasks of an executor have half of the heap. */
    private static final long CACHE_BYTES = Math.min(
            StorageFileSystem.DEFAULT_CACHE_BYTES,
            Runtime.getRuntime().maxMemory() / 2 / Runtime.getRuntime().availableProcessors());

    private final Configuration configuration;
    private final Map<String, HadoopStorage> storages = new HashMap<>();
    private final Map<String, StorageFileSystem> files = new HashMap<>();
    private @Nullable StorageFileSystem cache;

    OpenFiles(Configuration configuration) {
        this.configuration = configuration;
    }

    /** An open checkpoint, and its files. */
    record Opened(Checkpoint checkpoint, StorageFileSystem files) implements Closeable {
        @Override
        public void close() throws IOException {
            try (files) {
                checkpoint.close();
            }
        }
    }

    HadoopStorage storage(Target target) throws IOException {
        HadoopStorage known = storages.get(target.location());
        if (known == null) {
            known = new HadoopStorage(target.location(), configuration);
            storages.put(target.location(), known);
        }
        return known;
    }

    /** Returns a path of a file as it is now, and of the others that are opened through its file system. */
    StorageFileSystem files(Target target) throws IOException {
        StorageFileSystem known = files.get(target.location());
        if (known == null) {
            HadoopStorage storage = storage(target);
            known = cache == null ? new StorageFileSystem(storage, CACHE_BYTES) : cache.withCacheFor(storage);
            cache = cache == null ? known : cache;
            files.put(target.location(), known);
        }
        return known.renewed();
    }

    /** Opens a checkpoint; the caller closes it. */
    Opened open(Target target) throws IOException {
        StorageFileSystem session = files(target);
        try {
            return new Opened(Checkpoint.open(session.getPath(target.uri()), ReadOptions.DEFAULT), session);
        } catch (IOException | RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    boolean isGone(Target target) throws IOException {
        return !storage(target).exists(target.file());
    }

    @Override
    public void close() throws IOException {
        for (StorageFileSystem open : files.values()) {
            open.close();
        }
    }
}
