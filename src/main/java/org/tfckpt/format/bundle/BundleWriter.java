package org.tfckpt.format.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.ElementSource;
import org.tfckpt.format.StringSource;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo.Storage;

/**
 * Writes a V2 checkpoint, byte for byte as TensorFlow does for the same tensors in the same order.
 *
 * <p>Tensors are written to temporary data files as they are added. {@link #finish} writes the index and renames the
 * files, with the guarantees of {@link AtomicReplacement}. If anything fails, the temporary files are deleted and the
 * writer cannot be used again, so that no checkpoint lacks a tensor. Not thread-safe.
 */
public final class BundleWriter implements Closeable {
    private final BundleDestination destination;
    private final Options options;
    private final TemporaryFiles files;
    private final ShardFiles shards;
    private final AddedTensors added = new AddedTensors();
    private @Nullable Throwable failure;
    private boolean closed;

    /**
     * How a checkpoint is written.
     *
     * @param overwrite whether to replace an existing checkpoint
     * @param order the byte order of the values
     * @param alignment the alignment of every tensor, in bytes
     * @param shards the number of data files, or 0 if {@code maxShardBytes} determines it
     * @param maxShardBytes the maximum size of a data file, unless a single tensor is larger; ignored if {@code shards}
     *     is not 0
     * @param table creates the builder of the index table
     */
    public record Options(
            boolean overwrite,
            ByteOrder order,
            int alignment,
            int shards,
            long maxShardBytes,
            Function<OutputStream, TableBuilder> table) {}

    private interface Step {
        int run() throws IOException;
    }

    private interface Action {
        void run() throws IOException;
    }

    private BundleWriter(BundleDestination destination, Options options, TemporaryFiles files, ShardFiles shards) {
        this.destination = destination;
        this.options = options;
        this.files = files;
        this.shards = shards;
    }

    /**
     * Starts a checkpoint, which the caller closes. Creates its directory if it does not exist, and deletes files left
     * by killed writers of the same checkpoint. Throws {@link FileAlreadyExistsException} if a checkpoint, or a data
     * file of one, exists and must not be replaced, and other exceptions if the directory is not writable, or another
     * writer is writing the same checkpoint.
     */
    public static BundleWriter open(BundlePrefix prefix, Options options) throws IOException {
        BundleDestination destination = new BundleDestination(prefix, options.overwrite);
        TemporaryFiles files = destination.prepare();
        try {
            return new BundleWriter(
                    destination, options, files, new ShardFiles(files, options.shards, options.maxShardBytes));
        } catch (IOException e) {
            files.close();
            throw destination.describe(e);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    /** Writes subsequent tensors to the data file of a number, which must exist. */
    public void shard(int number) {
        requireOpen();
        shards.choose(number);
    }

    /**
     * Adds a tensor or slice whose elements have a fixed width; returns the masked CRC32C of the bytes written. Throws
     * {@link IllegalArgumentException} if the name is taken, the values do not fit the shape, or a checkpoint cannot
     * hold the tensor.
     */
    public int addElements(TensorPart part, ElementSource source) throws IOException {
        return compute(() -> {
            DataType dtype = part.dtype();
            if (!dtype.isFixedWidth()) {
                throw new IllegalArgumentException("elements of " + dtype + " do not have a fixed width");
            }
            long count = added.check(part);
            if (count > Long.MAX_VALUE / dtype.width()) {
                throw new IllegalArgumentException(
                        "tensor '" + part.name() + "' exceeds 2^63 bytes: " + dtype + " " + part.addedShape());
            }
            long size = count * dtype.width();
            return write(part, size, encoder -> encoder.elements(part, size, source));
        });
    }

    /**
     * Adds a string tensor or a slice of one; returns the masked CRC32C of the entry. Throws as {@link #addElements}.
     */
    public int addStrings(TensorPart part, StringSource strings) throws IOException {
        return compute(() -> {
            StringLengths lengths = StringLengths.of(strings);
            requireCount(part, added.check(part), lengths.count(), DataType.DT_STRING);
            return write(part, lengths.storedSize(), encoder -> encoder.strings(lengths, strings));
        });
    }

    /**
     * Adds a variant tensor or a slice of one, each element a serialized VariantTensorDataProto; returns the masked
     * CRC32C of the entry. Throws as {@link #addElements}, also if the checkpoint is big-endian, because TensorFlow
     * could not read the variants.
     */
    public int addVariants(TensorPart part, List<ByteBuffer> messages) throws IOException {
        return compute(() -> {
            requireCount(part, added.check(part), messages.size(), DataType.DT_VARIANT);
            if (options.order == ByteOrder.BIG_ENDIAN) {
                throw new IllegalArgumentException(
                        "a big-endian checkpoint cannot hold variants: tensor '" + part.name() + "'");
            }
            return write(part, TensorEncoder.sizeOf(messages), encoder -> encoder.variants(messages));
        });
    }

    private static void requireCount(TensorPart part, long wanted, long count, DataType dtype) {
        if (part.dtype() != dtype) {
            throw new IllegalArgumentException("values of " + dtype + " for a tensor of " + part.dtype());
        }
        if (wanted != count) {
            throw new IllegalArgumentException(count + (count == 1 ? " value" : " values") + " for the shape "
                    + part.addedShape() + " of tensor '" + part.name() + "'");
        }
    }

    private interface Encoding {
        void run(TensorEncoder encoder) throws IOException;
    }

    private int write(TensorPart part, long size, Encoding encoding) throws IOException {
        ShardFile shard = shards.next(size);
        long offset = shard.position();
        TensorEncoder encoder = new TensorEncoder(shard, options.order);
        encoding.run(encoder);
        added.add(part, new Storage(shard.number(), offset, size, encoder.checksum()));
        shard.align(options.alignment);
        return encoder.checksum();
    }

    /** Starts a new data file for subsequent tensors; returns its number. */
    public int beginShard() throws IOException {
        return compute(shards::beginNext);
    }

    /** Registers a listener, which is called after each write or copy with the number of bytes written by it. */
    public void onProgress(LongConsumer listener) {
        shards.onProgress(listener);
    }

    /**
     * Makes a complete data file of another checkpoint, in the byte order of this one, the next data file; returns its
     * number. It is hard-linked or, if that is not permitted or not possible, copied. Throws if it can neither be
     * linked nor copied, as far as that is permitted.
     */
    public int linkShard(Path file, boolean link, boolean copy) throws IOException {
        return compute(() -> {
            int number = shards.link(file, link, copy);
            if (number < 0) {
                throw new CheckpointException(
                        "'" + file + "' cannot be linked to the directory of '" + destination.prefix() + "'",
                        ErrorContext.hint("hard links must stay within one file system that supports them; "
                                + "copy the data file instead"));
            }
            return number;
        });
    }

    /** Returns whether a data file taken from another checkpoint was hard-linked, not copied. */
    public boolean isLinked(int shard) {
        return shards.isLinked(shard);
    }

    /**
     * Adds a tensor or slice whose bytes are in a data file {@linkplain #linkShard taken from another checkpoint}. The
     * shard number of their place is that of this checkpoint. Throws as {@link #addElements}, and {@link
     * DataLossException} if the bytes are not within the file.
     */
    public void addReference(TensorPart part, Storage storage) throws IOException {
        run(() -> {
            DataType dtype = part.dtype();
            if (!dtype.isFixedWidth() && dtype != DataType.DT_STRING && dtype != DataType.DT_VARIANT) {
                throw new IllegalArgumentException("a checkpoint cannot hold " + dtype);
            }
            added.check(part);
            if (!shards.isForeign(storage)) {
                throw new DataLossException(
                        ProblemKind.TRUNCATED,
                        "the data file ends before the bytes of the tensor",
                        ErrorContext.NONE
                                .ofTensor(part.name())
                                .mismatch(
                                        storage.size() + " bytes at " + storage.offset(),
                                        "a file of " + shards.linkedSize(storage.shard()) + " bytes"));
            }
            added.add(part, storage);
        });
    }

    /**
     * Writes the index, forces everything to disk, and gives the files their names. If this fails, either the previous
     * checkpoint, if any, or the new one is complete.
     */
    public void finish() throws IOException {
        run(() -> {
            IndexEntries entries = added.complete();
            shards.finish();
            BundleHeaderProto header = IndexRecords.header(options.order);
            new AtomicReplacement(destination.prefix(), files, shards.count(), options.overwrite)
                    .run((file, count) -> entries.write(
                            file, header.toBuilder().setNumShards(count).build(), options.table));
        });
        close();
    }

    private int compute(Step step) throws IOException {
        int[] result = {0};
        run(() -> result[0] = step.run());
        return result[0];
    }

    /** Runs an action. If it fails, the writer fails and the temporary files are deleted. */
    private void run(Action action) throws IOException {
        requireOpen();
        try {
            action.run();
        } catch (IOException e) {
            fail(e);
            throw destination.describe(e);
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        }
    }

    /** Fails the writer because of an error outside of it. */
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
            throw new IllegalStateException("the writer has failed before: " + failure.getMessage(), failure);
        }
        if (closed) {
            throw new IllegalStateException("the writer is closed (TensorFlow: \"BundleWriter is closed\")");
        }
    }

    /** Closes the writer. If {@link #finish} was not called, the temporary files are deleted and nothing is written. */
    @Override
    public void close() throws IOException {
        closed = true;
        try {
            shards.close();
        } finally {
            files.close();
        }
    }
}
