package org.tfckpt;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.bundle.BundleWriter;
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
 * <p>Values go to temporary files beside the target as they are added ({@code ….tfckpt-tmp-…}); in memory there is an
 * entry of some hundred bytes per tensor. {@link #finish} has the disk take everything and gives the files their names.
 *
 * <p><b>What is guaranteed.</b> At every instant, and whatever ends the process, there is the checkpoint that was there
 * before, whole, or the new one, whole; or none, if there was none. A reader that opens the checkpoint at any moment
 * finds the one or the other; one that had the old one open before may miss data files that it had not yet opened. It
 * holds on file systems whose rename replaces a file in one step, as those of every common operating system do; where
 * there are no hard links and an old checkpoint has as many data files as the new one, its data is copied once more for
 * it. What killed writers have left behind is swept away by the next writer of the same checkpoint. A checkpoint may be
 * written over one that it is copied from.
 *
 * <p>Whatever fails (a duplicate name, a wrong number of values, a full disk, a damaged source), the writer takes its
 * temporary files away and stays failed: a checkpoint that lacks a tensor is never finished. Every method throws
 * {@link IllegalStateException} then, and after {@link #finish} or {@link #close}. Not safe from many threads.
 */
public final class CheckpointWriter implements Closeable {
    private final BundleWriter writer;
    private final WriteOptions options;
    /** By checkpoint: the number that each of its data files has here. */
    private final Map<Checkpoint, Map<Integer, Integer>> adopted = new HashMap<>();

    private CheckpointWriter(BundleWriter writer, WriteOptions options) {
        this.writer = writer;
        this.options = options;
    }

    /**
     * Begins a checkpoint with {@link WriteOptions#DEFAULT}.
     *
     * @param prefix directory and first part of its files' names; the directory is made if there is none
     * @return the writer; the caller closes it
     * @throws java.nio.file.FileAlreadyExistsException if there is a checkpoint, or a data file of one
     * @throws IOException if nothing can be written there, or somebody else is writing the same checkpoint
     */
    public static CheckpointWriter open(Path prefix) throws IOException {
        return open(prefix, WriteOptions.DEFAULT);
    }

    /**
     * Begins a checkpoint.
     *
     * @param prefix as in {@link #open(Path)}
     * @param options how it is written
     * @return the writer; the caller closes it
     * @throws IOException as {@link #open(Path)}
     * @throws IllegalArgumentException if the prefix is the name of one of a checkpoint's files
     */
    public static CheckpointWriter open(Path prefix, WriteOptions options) throws IOException {
        return new CheckpointWriter(BundleWriter.open(prefixOf(prefix), options.forBundle()), options);
    }

    static BundlePrefix prefixOf(Path path) {
        BundlePrefix prefix = BundlePrefix.of(path);
        String base = BundlePrefix.baseOf(prefix.base());
        if (!base.equals(prefix.base())) {
            throw new IllegalArgumentException("'" + path + "' is the name of a checkpoint's file; its prefix is '"
                    + new BundlePrefix(prefix.directory(), base) + "'");
        }
        return prefix;
    }

    /**
     * Has everything from here on go to one data file, instead of the one that the {@link Sharding} chooses.
     *
     * @param number which, from 0
     * @throws IndexOutOfBoundsException if there is none of that number; data files of {@link Sharding#ofMaxBytes} are
     *     there when they have been begun
     */
    public void shard(int number) {
        writer.shard(number);
    }

    /**
     * Adds a tensor.
     *
     * @param name its name, see {@link org.tfckpt.tensor.TensorNames}; not empty
     * @param shape its shape
     * @param values as many as the shape has
     * @throws IllegalArgumentException if the name is taken, the values are not as many as the shape has, or no
     *     checkpoint can hold it
     * @throws IOException if it cannot be written, or the values cannot be read
     */
    public void add(String name, Shape shape, ValueSource values) throws IOException {
        values.addTo(writer, name, shape);
    }

    /**
     * Adds a slice of a partitioned tensor. A slice that is all of it is stored as an ordinary tensor.
     *
     * @param name the tensor's name
     * @param part its shape, and which part of it this is
     * @param values as many as the part has
     * @throws IllegalArgumentException as {@link #add}; also if the slice contradicts those before it, or overlaps one
     * @throws IOException as {@link #add}
     */
    public void addSlice(String name, ShapeAndSlice part, ValueSource values) throws IOException {
        values.addTo(writer, name, part);
    }

    /**
     * Adds a tensor of another checkpoint as it is: a partitioned one stays so. Its bytes are compared with their
     * checksum on the way, whatever the {@link ReadOptions} say.
     *
     * @param source the other checkpoint, open
     * @param tensor what of it
     * @param name the name here
     * @throws org.tfckpt.tensor.DataLossException if the tensor is damaged
     * @throws IllegalArgumentException as {@link #add}
     * @throws IOException as {@link #add}
     */
    public void copy(Checkpoint source, TensorInfo tensor, String name) throws IOException {
        try {
            new TensorCopy(source.reader(), writer, options.order()).run(tensor, name);
        } catch (IOException | RuntimeException | Error e) {
            // Not every failure is one of writing.
            writer.abandon(e);
            throw e;
        }
    }

    /**
     * Has everything from here on go to a new data file, the next one. With {@link Sharding#ofMaxBytes} there is none
     * before it is needed.
     *
     * @throws IOException if it cannot be made
     */
    public void beginShard() throws IOException {
        writer.beginShard();
    }

    /**
     * Takes a data file of another checkpoint as it is, as this one's next; {@link #refer} then names what is in it. So
     * names change in the time that it takes to write an index. With {@link Sharding#ofMaxBytes} there is no other data
     * file before it is needed. Nobody may write the other checkpoint meanwhile.
     *
     * @param source a V2 checkpoint of this one's byte order, open
     * @param shard the number of its data file
     * @param linking linked or copied
     * @return whether it is the same file now, and no copy
     * @throws IllegalArgumentException if the source is of another format or byte order
     * @throws org.tfckpt.tensor.CheckpointException if it must be linked and cannot be, or is not there
     * @throws IOException if it cannot be written
     */
    public boolean adopt(Checkpoint source, int shard, Linking linking) throws IOException {
        BundlePrefix files = source.bundle();
        if (files == null || source.byteOrder() != options.order()) {
            throw new IllegalArgumentException("data files of " + source + " cannot be taken as they are: "
                    + source.format() + ", " + source.byteOrder());
        }
        int number =
                writer.adopt(files, shard, source.shardCount(), linking != Linking.NEVER, linking != Linking.REQUIRED);
        adopted.computeIfAbsent(source, none -> new HashMap<>()).put(shard, number);
        return writer.isLinked(number);
    }

    /**
     * Adds a tensor of another checkpoint whose data files were {@linkplain #adopt adopted}. No value is read or checked;
     * its checksum is carried over.
     *
     * @param source the other checkpoint, open
     * @param tensor what of it; of a partitioned one all slices come along
     * @param name the name here
     * @throws IllegalArgumentException as {@link #add}; also if the data file was not adopted, or the dtype is unknown
     * @throws org.tfckpt.tensor.DataLossException if the index has no place for it, or one outside of its data file
     * @throws IOException if the index is damaged
     */
    public void refer(Checkpoint source, TensorInfo tensor, String name) throws IOException {
        try {
            new TensorReference(source, writer, adopted.getOrDefault(source, Map.of())).add(tensor, name);
        } catch (IOException | RuntimeException | Error e) {
            writer.abandon(e);
            throw e;
        }
    }

    /**
     * Has somebody watch the bytes go.
     *
     * @param written told of a number of bytes whenever so many are written or copied; links count nothing
     */
    public void report(LongConsumer written) {
        writer.report(written);
    }

    /**
     * Completes the checkpoint.
     *
     * @throws IllegalStateException if something failed before, or it was finished before
     * @throws IOException if it cannot be done; see above for what is there then
     */
    public void finish() throws IOException {
        writer.finish();
    }

    /** Gives up what is not finished: nothing is left of it. */
    @Override
    public void close() throws IOException {
        writer.close();
    }
}
