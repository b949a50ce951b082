package org.tfckpt.format.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSources;
import org.tfckpt.io.Closeables;
import org.tfckpt.io.FileAccess;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/** The data files of a bundle, which are opened on demand. Thread-safe. */
final class Shards implements Closeable {
    private final BundlePrefix prefix;
    private final int count;
    private final FileAccess access;
    private final IndexReplacement replacement;
    private final ForeignDataFiles foreign = new ForeignDataFiles();
    private final Map<Integer, ByteSource> open = new HashMap<>();
    private final Map<String, ByteSource> byName = new HashMap<>();
    /** Many tensors may be in a missing file: its directory is listed once. */
    private final Map<Integer, String> adviceIfMissing = new HashMap<>();

    private boolean closed;

    Shards(BundlePrefix prefix, BundleIndex index, FileAccess access) {
        this.prefix = prefix;
        this.count = index.shardCount();
        this.access = access;
        this.replacement = index.replacement(prefix);
    }

    int count() {
        return count;
    }

    Path path(int shard) {
        return prefix.data(shard, count);
    }

    BundlePrefix prefix() {
        return prefix;
    }

    /**
     * Returns the exception to throw for damage of a data file: another one if the checkpoint was replaced, or the file
     * is of another kind.
     */
    CheckpointException explain(DataLossException damage) {
        CheckpointException explained = replacement.explain(damage);
        if (explained != damage || !ForeignDataFiles.isSymptom(damage.kind())) {
            return explained;
        }
        ByteSource file = opened(damage.context().file());
        return file == null ? damage : foreign.explain(damage, file);
    }

    private synchronized @Nullable ByteSource opened(@Nullable String file) {
        return file == null ? null : byName.get(file);
    }

    /** Returns whether a data file is one of those that the header counts. */
    boolean isCounted(DataFile file) {
        return file.shard() < count && file.path().equals(path(file.shard()));
    }

    /** Returns the data files of this prefix that exist, sorted, even those that the header does not count. */
    List<DataFile> existing() throws IOException {
        try {
            return DataFile.of(prefix).stream()
                    .filter(file -> Files.isRegularFile(file.path()))
                    .toList();
        } catch (FileSystemException unreadable) {
            // Files can be opened without the right to list their directory.
            return List.of();
        }
    }

    synchronized ByteSource get(int shard, String tensor) throws IOException {
        if (closed) {
            throw new IllegalStateException("the checkpoint '" + prefix + "' is closed");
        }
        ByteSource source = open.get(shard);
        if (source == null) {
            source = open(shard, tensor);
            open.put(shard, source);
            byName.put(source.name(), source);
        }
        return source;
    }

    private ByteSource open(int shard, String tensor) throws IOException {
        if (shard < 0) {
            throw new DataLossException(
                    ProblemKind.SHARD,
                    "the entry refers to a data file that cannot exist",
                    ErrorContext.at(prefix.index().toString(), -1)
                            .ofTensor(tensor)
                            .mismatch("0 to " + (count - 1), shard)
                            .withTensorFlow("Invalid shard in bundle entry: key " + tensor));
        }
        try {
            return ByteSources.open(path(shard), access, missing -> missing(shard, null, missing));
        } catch (NoSuchFileException e) {
            throw missing(shard, tensor, e);
        }
    }

    private synchronized CheckpointException missing(int shard, @Nullable String tensor, NoSuchFileException cause) {
        Path path = path(shard);
        ErrorContext place = ErrorContext.at(path.toString(), -1);
        return explain(new DataLossException(
                ProblemKind.MISSING_FILE,
                "the data file does not exist" + adviceIfMissing.computeIfAbsent(shard, any -> advice(path)),
                (tensor == null ? place : place.ofTensor(tensor)).withTensorFlow(path + "; No such file or directory"),
                cause));
    }

    private static String advice(Path missing) {
        return SimilarFiles.advice(missing).map(advice -> "; " + advice).orElse("");
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (open.isEmpty()) {
            // A process that only lists tensors loads no class for closing files.
            return;
        }
        try {
            Closeables.closeAll(open.values());
        } finally {
            open.clear();
            byName.clear();
        }
    }
}
