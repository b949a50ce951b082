package org.tfckpt.format.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.ElementSource;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.StringData;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo.Storage;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * Writes a V2 checkpoint, byte for byte as TensorFlow does for the same tensors in the same order.
 *
 * <p>Tensors go to temporary data files as they are added. {@link #finish()} writes the index and gives the files their
 * names, see {@link AtomicReplacement} for what that guarantees. Whatever fails, the writer stays failed: a checkpoint that
 * lacks a tensor never gets its name. Not safe from many threads.
 */
public final class BundleWriter implements Closeable {
    private final BundlePrefix prefix;
    private final Options options;
    private final TemporaryFiles files;
    private final ShardFiles shards;
    private final IndexEntries entries = new IndexEntries();
    private final PartitionedTensors partitioned = new PartitionedTensors();
    private @Nullable Throwable failure;
    private boolean closed;

    /**
     * How a checkpoint is written.
     *
     * @param overwrite whether a checkpoint that is there already is replaced
     * @param order the byte order of the values
     * @param alignment every tensor begins at a multiple of this
     * @param shards how many data files, 0 for as many as {@code maxShardBytes} makes
     * @param maxShardBytes what a data file holds, unless a single tensor is larger; 0 with {@code shards}
     * @param layout the index table's
     */
    public record Options(
            boolean overwrite,
            ByteOrder order,
            int alignment,
            int shards,
            long maxShardBytes,
            TableBuilder.Options layout) {
        /** What TensorFlow does, but that it replaces what is there. */
        public static final Options DEFAULT =
                new Options(false, ByteOrder.LITTLE_ENDIAN, 1, 1, 0, TableBuilder.Options.DEFAULT);
    }

    /**
     * What is added.
     *
     * @param name the tensor's name
     * @param dtype its dtype
     * @param shape the shape of the whole tensor
     * @param slice which part of it is added, null for all
     */
    public record Target(
            String name,
            DataType dtype,
            Shape shape,
            @Nullable TensorSlice slice) {
        /**
         * The shape of what is added.
         *
         * @return the whole tensor's or the slice's
         */
        public Shape addedShape() {
            return slice == null ? shape : slice.of(shape);
        }

        boolean isPart() {
            return slice != null && !slice.isFullIn(shape);
        }

        byte[] key() {
            return slice == null || !isPart() ? TensorNames.encode(name) : new SliceKey(name, slice).encode();
        }
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    private BundleWriter(BundlePrefix prefix, Options options, TemporaryFiles files, ShardFiles shards) {
        this.prefix = prefix;
        this.options = options;
        this.files = files;
        this.shards = shards;
    }

    /**
     * Begins a checkpoint. What writers of it that were killed have left there is swept away.
     *
     * @param prefix where it will be; its directory is made if there is none
     * @param options how it is written
     * @return the writer; the caller closes it
     * @throws FileAlreadyExistsException if there is a checkpoint, or a data file of one, and it must not be
     *     replaced
     * @throws IOException if nothing can be written there, or somebody else is writing the same checkpoint
     */
    public static BundleWriter open(BundlePrefix prefix, Options options) throws IOException {
        TemporaryFiles files = begin(prefix, options.overwrite);
        try {
            return new BundleWriter(
                    prefix, options, files, new ShardFiles(files, options.shards, options.maxShardBytes));
        } catch (IOException e) {
            files.close();
            throw cannotWrite(prefix, e);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** The first steps of everybody who writes a checkpoint. */
    static TemporaryFiles begin(BundlePrefix prefix, boolean overwrite) throws IOException {
        try {
            makeDirectory(prefix);
            StaleFiles.sweep(prefix);
            AtomicReplacement.requireFree(prefix, overwrite);
            return TemporaryFiles.create(prefix);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            throw cannotWrite(prefix, e);
        }
    }

    /** One level, as TensorFlow does: a mistyped path shall not become a tree. */
    private static void makeDirectory(BundlePrefix prefix) throws IOException {
        Path directory = prefix.directory().toAbsolutePath();
        if (Files.isDirectory(directory)) {
            return;
        }
        try {
            Files.createDirectory(directory);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(
                    "Parent directory of " + prefix + " doesn't exist, can't save.", ErrorContext.NONE, e);
        }
    }

    /** A full disk, a quota, a directory that must not be written to: said once, with what it means. */
    static CheckpointException cannotWrite(BundlePrefix prefix, IOException cause) {
        return cause instanceof CheckpointException known
                ? known
                : new CheckpointException(
                        "Cannot write the checkpoint " + prefix + ": " + describe(cause), ErrorContext.NONE, cause);
    }

    private static String describe(IOException cause) {
        String message = cause.getMessage();
        return cause.getClass() == IOException.class && message != null ? message : cause.toString();
    }

    /**
     * Has everything from here on go to one data file.
     *
     * @param number which, from 0
     * @throws IndexOutOfBoundsException if there is none of that number
     */
    public void shard(int number) {
        requireOpen();
        shards.choose(number);
    }

    /**
     * Adds a tensor of fixed width.
     *
     * @param target what it is
     * @param source its bytes
     * @return the masked CRC32C of what was written
     * @throws IllegalArgumentException if the name is taken, the values do not fit the shape, or no checkpoint can hold
     *     it
     * @throws IOException if it cannot be written, or the source cannot be read
     */
    public int addElements(Target target, ElementSource source) throws IOException {
        return guarded(() -> {
            if (!target.dtype.isFixedWidth()) {
                throw new IllegalArgumentException("no elements of fixed width: " + target.dtype);
            }
            long count = check(target);
            if (count > Long.MAX_VALUE / target.dtype.width()) {
                throw new IllegalArgumentException("beyond 2^63 bytes: " + target.dtype + " " + target.addedShape());
            }
            long size = count * target.dtype.width();
            return add(target, size, form -> form.elements(target.dtype, size, source));
        });
    }

    /**
     * Adds a tensor of strings.
     *
     * @param target what it is
     * @param strings its elements
     * @return the masked CRC32C of the entry
     * @throws IllegalArgumentException as {@link #addElements}
     * @throws IOException as {@link #addElements}
     */
    public int addStrings(Target target, StringData strings) throws IOException {
        return guarded(() -> {
            requireCount(target, check(target), strings.count(), DataType.DT_STRING);
            return add(target, TensorEncoder.sizeOf(strings), form -> form.strings(strings));
        });
    }

    /**
     * Adds a tensor of variants.
     *
     * @param target what it is
     * @param messages each a serialized VariantTensorDataProto
     * @return the masked CRC32C of the entry
     * @throws IllegalArgumentException as {@link #addElements}; also in a big-endian checkpoint, whose variants nobody
     *     could read
     * @throws IOException as {@link #addElements}
     */
    public int addVariants(Target target, List<ByteBuffer> messages) throws IOException {
        return guarded(() -> {
            requireCount(target, check(target), messages.size(), DataType.DT_VARIANT);
            if (options.order == ByteOrder.BIG_ENDIAN) {
                throw new IllegalArgumentException("no variants in a big-endian checkpoint: tensor " + target.name);
            }
            return add(target, TensorEncoder.sizeOf(messages), form -> form.variants(messages));
        });
    }

    private static void requireCount(Target target, long wanted, long count, DataType dtype) {
        if (target.dtype != dtype) {
            throw new IllegalArgumentException("values of " + dtype + " for a tensor of " + target.dtype);
        }
        if (wanted != count) {
            throw new IllegalArgumentException(count + " values for the shape " + target.addedShape());
        }
    }

    /** Checks what can be checked before anything is written; returns the number of elements. */
    private long check(Target target) {
        if (target.name.isEmpty()) {
            throw new IllegalArgumentException("a tensor's name is empty; the header is under that key");
        }
        if (target.shape.elementCount().isEmpty()) {
            throw new IllegalArgumentException("no tensor has the shape " + target.shape);
        }
        long count = target.addedShape().elements();
        byte[] key = target.key();
        if (entries.get(key) != null || (!target.isPart() && partitioned.contains(target.name))) {
            throw new IllegalArgumentException("Adding duplicate key: " + TensorNames.decode(key));
        }
        if (target.slice != null && target.isPart()) {
            if (entries.get(TensorNames.encode(target.name)) != null) {
                throw new IllegalArgumentException("Adding duplicate key: " + target.name);
            }
            partitioned.check(target.name, target.dtype, target.shape, target.slice);
        }
        return count;
    }

    private interface Filling {
        void fill(TensorEncoder form) throws IOException;
    }

    private int add(Target target, long size, Filling filling) throws IOException {
        ShardFile shard = shards.next(size);
        long offset = shard.position();
        TensorEncoder form = new TensorEncoder(shard, options.order);
        filling.fill(form);
        put(target, new Storage(shard.number(), offset, size, form.checksum()));
        shard.align(options.alignment);
        return form.checksum();
    }

    private void put(Target target, Storage storage) {
        entries.put(target.key(), IndexRecords.stored(target.dtype.number(), target.addedShape(), storage));
        if (target.slice != null && target.isPart()) {
            partitioned.add(target.name, target.dtype, target.shape, target.slice, storage.shard());
        }
    }

    /**
     * Has everything from here on go to a data file of its own.
     *
     * @return its number
     * @throws IOException if it cannot be made
     */
    public int beginShard() throws IOException {
        return guarded(shards::beginNext);
    }

    /**
     * Registers a listener for progress.
     *
     * @param listener receives the number of bytes after each write or copy
     */
    public void onProgress(LongConsumer listener) {
        shards.onProgress(listener);
    }

    /**
     * Links or copies a complete data file of another checkpoint as the next data file of this one.
     *
     * @param file the data file, in this checkpoint's byte order
     * @param link whether the file may be linked
     * @param copy whether the file may be copied; it is only copied if it is not linked
     * @return its number among this checkpoint's data files
     * @throws IOException if the file can neither be linked nor copied
     */
    public int linkShard(Path file, boolean link, boolean copy) throws IOException {
        return guarded(() -> {
            try {
                int number = shards.link(file, link, copy);
                if (number < 0) {
                    throw new CheckpointException(
                            "cannot create a hard link to '" + file + "' for '" + prefix + "'",
                            ErrorContext.hint("links need one file system that supports them; copying always works"));
                }
                return number;
            } catch (NoSuchFileException e) {
                throw missing(file, e);
            }
        });
    }

    /**
     * Returns whether a data file of another checkpoint was linked.
     *
     * @param shard its number in this checkpoint
     * @return false if it was copied
     */
    public boolean isLinked(int shard) {
        return shards.isLinked(shard);
    }

    /**
     * Adds a tensor whose bytes are in a data file that was {@linkplain #linkShard linked} or copied.
     *
     * @param target what it is
     * @param storage where its bytes are, by this checkpoint's numbers, and their checksum
     * @throws IllegalArgumentException as {@link #addElements}
     * @throws DataLossException if the file does not have these bytes
     * @throws IOException never else
     */
    public void addStored(Target target, Storage storage) throws IOException {
        guarded(() -> {
            DataType dtype = target.dtype;
            if (!dtype.isFixedWidth() && dtype != DataType.DT_STRING && dtype != DataType.DT_VARIANT) {
                throw new IllegalArgumentException("no checkpoint holds " + dtype);
            }
            check(target);
            if (!shards.isShared(storage)) {
                throw new DataLossException(
                        ProblemKind.TRUNCATED,
                        "The bytes of tensor " + target.name + " do not lie within a data file",
                        ErrorContext.NONE.ofTensor(target.name).mismatch("bytes of a data file", storage));
            }
            put(target, storage);
            return storage;
        });
    }

    /**
     * Writes the index, has the disk take everything, and gives the files their names.
     *
     * @throws IllegalStateException if something failed before, or it was finished before
     * @throws IOException if it cannot be done; the checkpoint that was there before, if any, is there still, or the new
     *     one is there, whole
     */
    public void finish() throws IOException {
        guarded(() -> {
            partitioned.putInto(entries);
            shards.finish();
            BundleHeaderProto header = IndexRecords.header(options.order);
            new AtomicReplacement(prefix, files, shards.count(), options.overwrite)
                    .run((file, count) -> entries.write(
                            file, header.toBuilder().setNumShards(count).build(), options.layout));
            return shards;
        });
        close();
    }

    /** Runs a step; if it fails, everything that was written is taken away. */
    private <T> T guarded(Step<T> step) throws IOException {
        requireOpen();
        try {
            return step.run();
        } catch (FileAlreadyExistsException e) {
            fail(e);
            throw e;
        } catch (IOException e) {
            fail(e);
            throw cannotWrite(prefix, e);
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    /**
     * Gives up for a reason that this writer does not know of; it stays failed.
     *
     * @param cause the reason
     */
    public void abandon(Throwable cause) {
        if (failure == null && !closed) {
            fail(cause);
        }
    }

    private void fail(Throwable cause) {
        failure = cause;
        try {
            close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void requireOpen() {
        if (failure != null) {
            throw new IllegalStateException("BundleWriter has failed before: " + failure.getMessage(), failure);
        }
        if (closed) {
            throw new IllegalStateException("BundleWriter is closed");
        }
    }

    /** Gives up what is not finished: its temporary files are deleted. */
    @Override
    public void close() throws IOException {
        closed = true;
        try {
            shards.close();
        } finally {
            files.close();
        }
    }

    /** A data file that is to be taken over is not there. */
    static DataLossException missing(Path file, NoSuchFileException cause) {
        return new DataLossException(
                ProblemKind.MISSING_FILE,
                file + "; No such file or directory",
                ErrorContext.at(file.toString(), -1),
                cause);
    }
}
