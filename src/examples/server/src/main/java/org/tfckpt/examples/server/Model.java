package org.tfckpt.examples.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicInteger;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.files.CheckpointLocation;
import org.tfckpt.files.CheckpointLocator;
import org.tfckpt.tensor.TensorSlice;

/** An open checkpoint, which is closed (and unmapped) after its last user has released it. Thread-safe. */
final class Model {
    private static final ReadOptions OPTIONS = ReadOptions.DEFAULT.withUnmapOnClose();

    /** What changes if a checkpoint is replaced, also by one of the same name. */
    record Version(String name, FileTime modified, long size) {
        /** Returns the version of the checkpoint that is found at a path now. */
        static Version at(Path path) throws IOException {
            CheckpointLocation location = CheckpointLocator.locate(path);
            BasicFileAttributes index = Files.readAttributes(location.files().get(0), BasicFileAttributes.class);
            return new Version(location.name(), index.lastModifiedTime(), index.size());
        }
    }

    private final Version version;
    private final Checkpoint checkpoint;
    private final Tensor table;
    /** One for the server itself, while this model is the current one. */
    private final AtomicInteger users = new AtomicInteger(1);

    private Model(Version version, Checkpoint checkpoint, Tensor table) {
        this.version = version;
        this.checkpoint = checkpoint;
        this.table = table;
    }

    /** Opens the checkpoint at a path, and checks every byte of the table. */
    static Model open(Path path, String name) throws IOException {
        Version version =
                Version.at(path); // Before it is opened: if it is replaced meanwhile, it is opened again later.
        Checkpoint checkpoint = Checkpoint.open(path, OPTIONS);
        try {
            Tensor table = checkpoint.tensor(name);
            if (table.shape().rank() != 2 || table.shape().elements() == 0) {
                throw new IOException("'" + name + "' of '" + checkpoint.prefix() + "' has no rows: " + table.shape());
            }
            table.check();
            return new Model(version, checkpoint, table);
        } catch (IOException | RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    Version version() {
        return version;
    }

    String name() {
        return Path.of(checkpoint.prefix()).getFileName().toString();
    }

    long rows() {
        return table.shape().dimension(0);
    }

    long width() {
        return table.shape().dimension(1);
    }

    float[] row(long number) throws IOException {
        TensorSlice row = TensorSlice.ofExtents(new long[] {number, 0}, new long[] {1, TensorSlice.FULL});
        return table.slice(row).toFloatArray();
    }

    /** Adds a user, who has to release the model. Returns false if it is closed. */
    boolean acquire() {
        return users.updateAndGet(count -> count == 0 ? 0 : count + 1) > 0;
    }

    void release() throws IOException {
        if (users.decrementAndGet() == 0) {
            checkpoint.close();
        }
    }
}
