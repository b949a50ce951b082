package org.tfckpt;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.bundle.BundleWriter;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;

/**
 * Writes a V2 checkpoint, byte for byte as TensorFlow does for the same tensors in the same order.
 *
 * <pre>{@code
 * try (CheckpointWriter out = CheckpointWriter.open(Path.of("export/model.ckpt"))) {
 *   out.add("layer/kernel", Shape.of(2, 3), ValueSource.of(1f, 2, 3, 4, 5, 6));
 *   out.add("names", Shape.of(2), ValueSource.of("cat", "dog"));
 *   out.copy(other, other.find("layer/bias").orElseThrow(), "layer/bias");
 *   out.finish();
 * }
 * }</pre>
 *
 * <p>Values are written to temporary files next to the target ({@code ….tfckpt-tmp-…}) as they are added; a few hundred
 * bytes per tensor are kept in memory. {@link #finish} syncs the files to disk and renames them.
 *
 * <p><b>Atomicity.</b> At any moment, even if the process is killed, the old or the new checkpoint exists and is
 * complete, or none if there was none before. A reader that opens the checkpoint sees one or the other. A reader that
 * opened the old one earlier may not find data files that it had not yet opened. This holds on file systems where
 * renaming replaces a file atomically, as on all common operating systems. On file systems without hard links,
 * replacing a checkpoint by one with the same number of data files copies its data once more. Files left by killed
 * writers are deleted by the next writer of the same checkpoint. A checkpoint may be written over one that it is copied
 * from.
 *
 * <p><b>Failures.</b> If anything fails (a duplicate name, a wrong number of values, a full disk, a damaged source),
 * the writer deletes its temporary files and cannot be used again, so an incomplete checkpoint is never published.
 * Adding to or finishing a writer that has failed or is closed throws {@link IllegalStateException}.
 *
 * <p>Not thread-safe.
 */
public final class CheckpointWriter implements Closeable {
    private final BundleWriter writer;
    private final WriteOptions options;
    /** For each checkpoint, the numbers in this checkpoint of its data files that were linked. */
    private final Map<Checkpoint, Map<Integer, Integer>> linked = new HashMap<>();

    private CheckpointWriter(BundleWriter writer, WriteOptions options) {
        this.writer = writer;
        this.options = options;
    }

    /**
     * Starts a checkpoint with {@link WriteOptions#DEFAULT}.
     *
     * @param prefix the directory and the first part of the names of its files; the directory is created if it does not
     *     exist, its parents are not
     * @return the writer; the caller closes it
     * @throws java.nio.file.FileAlreadyExistsException if a checkpoint, or a data file of one, exists there
     * @throws IOException if nothing can be written there, or another writer is writing the same checkpoint
     * @throws IllegalArgumentException if {@code prefix} is the name of a checkpoint's file
     */
    public static CheckpointWriter open(Path prefix) throws IOException {
        return open(prefix, WriteOptions.DEFAULT);
    }

    /**
     * Starts a checkpoint.
     *
     * @param prefix as in {@link #open(Path)}
     * @param options how it is written
     * @return the writer; the caller closes it
     * @throws IOException as {@link #open(Path)}
     * @throws IllegalArgumentException as {@link #open(Path)}
     */
    public static CheckpointWriter open(Path prefix, WriteOptions options) throws IOException {
        return new CheckpointWriter(BundleWriter.open(prefixOf(prefix), options.forBundle()), options);
    }

    static BundlePrefix prefixOf(Path path) {
        BundlePrefix prefix = BundlePrefix.of(path);
        String base = BundlePrefix.baseOf(prefix.base());
        if (!base.equals(prefix.base())) {
            throw new IllegalArgumentException("'" + path + "' is the name of a checkpoint's file; use the prefix '"
                    + new BundlePrefix(prefix.directory(), base) + "'");
        }
        return prefix;
    }

    /**
     * Writes all following tensors to one data file, instead of the one chosen by the {@link Sharding}.
     *
     * @param number the number of the data file, from 0
     * @throws IndexOutOfBoundsException if no data file has this number; with {@link Sharding#ofMaxBytes}, a data file
     *     exists once it has been started
     */
    public void shard(int number) {
        writer.shard(number);
    }

    /**
     * Adds a tensor.
     *
     * @param name its name, see {@link org.tfckpt.tensor.TensorNames}; not empty
     * @param shape its shape
     * @param values exactly as many values as the shape has elements
     * @throws IllegalArgumentException if the name is already used, the number of values is wrong, or the tensor cannot
     *     be stored in a checkpoint
     * @throws IOException if it cannot be written, or the values cannot be read
     */
    public void add(String name, Shape shape, ValueSource values) throws IOException {
        values.addTo(writer, name, shape);
    }

    /**
     * Adds a slice of a partitioned tensor. A slice that covers the whole tensor is stored as an ordinary tensor.
     *
     * @param name the name of the tensor
     * @param part the shape of the tensor, and the slice of it
     * @param values exactly as many values as the slice has elements
     * @throws IllegalArgumentException as {@link #add}, and if the slice contradicts or overlaps an earlier one
     * @throws IOException as {@link #add}
     */
    public void addSlice(String name, ShapeAndSlice part, ValueSource values) throws IOException {
        values.addTo(writer, name, part);
    }

    /**
     * Copies a tensor of another checkpoint. A partitioned tensor keeps its slices. The bytes are compared with their
     * checksum, even if {@link ReadOptions} disable this.
     *
     * @param source the other checkpoint, open
     * @param tensor a tensor of {@code source}
     * @param name the name of the copy
     * @throws org.tfckpt.tensor.DataLossException if the tensor is damaged
     * @throws IllegalArgumentException as {@link #add}
     * @throws IOException as {@link #add}
     */
    public void copy(Checkpoint source, TensorInfo tensor, String name) throws IOException {
        try {
            new TensorCopy(source.reader(), writer, options.order()).run(tensor, name);
        } catch (IOException | RuntimeException | Error e) {
            // The writer does not see failures of the source by itself.
            writer.abandon(e);
            throw e;
        }
    }

    /**
     * Starts a new data file; all following tensors are written to it. With {@link Sharding#ofMaxBytes} no data file
     * exists before the first tensor or the first call of this method.
     *
     * @throws IOException if the file cannot be created
     */
    public void beginShard() throws IOException {
        writer.beginShard();
    }

    /**
     * Links a data file of another checkpoint as the next data file of this one, without reading it. Add the tensors in
     * it with {@link #addReference}. Renaming tensors in this way takes only the time to write an index. Use
     * {@link Sharding#ofMaxBytes} if the checkpoint is to have no data files of its own. The other checkpoint must not
     * be modified meanwhile.
     *
     * @param source an open checkpoint with this one's byte order, for which {@link Checkpoint#canLinkDataFiles} is
     *     true
     * @param shard the number of the data file in {@code source}
     * @param linking whether the file is linked or copied
     * @return true if it was linked, false if it was copied
     * @throws IllegalArgumentException if {@code source} has another byte order, or data files that cannot be linked
     * @throws org.tfckpt.tensor.CheckpointException if the file is missing, must be linked and cannot be, or if
     *     {@code source} was replaced meanwhile
     * @throws IOException if it cannot be written
     */
    public boolean linkShard(Checkpoint source, int shard, Linking linking) throws IOException {
        FormatReader reader = source.reader();
        if (!reader.hasLinkableDataFiles() || reader.byteOrder() != options.order()) {
            throw new IllegalArgumentException("data files of '" + source + "' (" + reader.format() + ", "
                    + reader.byteOrder() + ") cannot be linked: the new checkpoint is V2, " + options.order());
        }
        int number;
        try {
            number = writer.linkShard(reader.dataFile(shard), linking != Linking.NEVER, linking != Linking.REQUIRED);
        } catch (DataLossException missing) {
            throw reader.explain(missing, shard);
        }
        linked.computeIfAbsent(source, none -> new HashMap<>()).put(shard, number);
        return writer.isLinked(number);
    }

    /**
     * Adds a tensor whose bytes are in data files that were passed to {@link #linkShard}. No values are read or
     * checked; the checksum is copied.
     *
     * @param source the other checkpoint, open
     * @param tensor a tensor of {@code source}; a partitioned tensor keeps its slices
     * @param name the name in this checkpoint
     * @throws IllegalArgumentException as {@link #add}, and if the data file was not linked or the dtype is unknown
     * @throws org.tfckpt.tensor.DataLossException if the index has no location for the bytes, or it is outside of the
     *     data file
     * @throws IOException if the index is damaged
     */
    public void addReference(Checkpoint source, TensorInfo tensor, String name) throws IOException {
        try {
            new TensorReference(source, writer, linked.getOrDefault(source, Map.of())).add(tensor, name);
        } catch (IOException | RuntimeException | Error e) {
            writer.abandon(e);
            throw e;
        }
    }

    /**
     * Registers a listener for progress, in place of an earlier one.
     *
     * @param listener called after each write or copy with the number of bytes written by it, on the thread that uses
     *     the writer; linked files are not reported
     */
    public void onProgress(LongConsumer listener) {
        writer.onProgress(listener);
    }

    /**
     * Completes the checkpoint and closes the writer.
     *
     * @throws IllegalStateException if the writer has failed, was finished, or is closed
     * @throws IOException if it fails; either the old checkpoint or the new one exists then
     */
    public void finish() throws IOException {
        writer.finish();
    }

    /** Closes the writer. If {@link #finish} was not called, nothing is written and temporary files are deleted. */
    @Override
    public void close() throws IOException {
        writer.close();
    }
}
