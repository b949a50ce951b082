package org.tfckpt;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.tfckpt.files.CheckpointLocation;
import org.tfckpt.files.CheckpointLocator;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.TensorScan;
import org.tfckpt.format.bundle.Bundle;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.v1.V1Checkpoint;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorNotFoundException;
import org.tfckpt.tensor.TensorSlice;

/**
 * An open checkpoint: lists its tensors, finds one by name, reads it, and verifies the whole.
 *
 * <p>Opening reads the index's footer, its index block and the header, however many tensors there are; looking a tensor
 * up reads one block more; a data file is opened when a tensor of it is first read. Safe from many threads. After
 * {@link #close} every method that reads throws {@link IllegalStateException}; views that were handed out stay valid.
 *
 * <p>A thread that is interrupted while it reads closes the file's channel, as Java's channels do: its own read fails
 * with {@link java.nio.channels.ClosedByInterruptException}, later ones with
 * {@link java.nio.channels.ClosedChannelException}; open the checkpoint anew then.
 */
public final class Checkpoint implements Closeable {
    private final CheckpointLocation location;
    private final ReadOptions options;
    private final FormatReader reader;
    private volatile @Nullable ObjectGraph objectGraph;
    private volatile boolean closed;

    private Checkpoint(CheckpointLocation location, ReadOptions options, FormatReader reader) {
        this.location = location;
        this.options = options;
        this.reader = reader;
    }

    /**
     * What was gone through by a verification.
     *
     * @param tensors the number of tensors
     * @param bytes the bytes of their values that were intact
     * @param problems the number of problems
     */
    public record Verification(long tensors, long bytes, long problems) {
        /**
         * Whether everything is as it should be.
         *
         * @return true if there was no problem
         */
        public boolean isIntact() {
            return problems == 0;
        }
    }

    /**
     * Opens a checkpoint with {@link ReadOptions#DEFAULT}.
     *
     * @param path whatever is at hand: the prefix ({@code log/model.ckpt-122543}), one of its files, a V1 file or the
     *     pattern of a sharded set ({@code model.ckpt-?????-of-00002}), a directory with a {@code checkpoint} state file
     *     (its latest is taken), that file, a SavedModel directory or its {@code variables}
     * @return the checkpoint; the caller closes it
     * @throws org.tfckpt.tensor.CheckpointException if there is none; the message says what to try
     * @throws org.tfckpt.tensor.DataLossException if its index is damaged
     * @throws org.tfckpt.tensor.UnsupportedFormatException if it is of a version or format that is not read
     * @throws IOException if it cannot be read
     */
    public static Checkpoint open(Path path) throws IOException {
        return open(path, ReadOptions.DEFAULT);
    }

    /**
     * Opens a checkpoint.
     *
     * @param path as in {@link #open(Path)}
     * @param options how to read
     * @return the checkpoint; the caller closes it
     * @throws IOException as {@link #open(Path)}
     */
    public static Checkpoint open(Path path, ReadOptions options) throws IOException {
        CheckpointLocation location = CheckpointLocator.locate(path);
        return new Checkpoint(location, options, reader(location, options));
    }

    private static FormatReader reader(CheckpointLocation location, ReadOptions options) throws IOException {
        BundlePrefix bundle = bundle(location);
        return bundle == null
                ? V1Checkpoint.open(location.name(), location.files(), options.mapping())
                : Bundle.open(bundle, options.mapping());
    }

    private static @Nullable BundlePrefix bundle(CheckpointLocation location) {
        return location.format().equals("V2")
                ? BundlePrefix.ofIndex(location.files().get(0))
                : null;
    }

    /**
     * Where the checkpoint is.
     *
     * @return directory and first part of its files' names; of V1 the file or the pattern
     */
    public String prefix() {
        return location.name();
    }

    /**
     * The format.
     *
     * @return {@code V2}, or {@code V1} for the older one
     */
    public String format() {
        return location.format();
    }

    /**
     * The byte order of the values.
     *
     * @return as the header says
     */
    public ByteOrder byteOrder() {
        return reader.byteOrder();
    }

    /**
     * The number of files that hold values.
     *
     * @return as the header says
     */
    public int shardCount() {
        return reader.shardCount();
    }

    /**
     * All tensors in the order of their names' bytes ({@link org.tfckpt.tensor.TensorNames#ORDER}), read as the stream
     * is consumed: memory does not grow with their number. A partitioned tensor comes once, whole.
     *
     * @return a sequential stream; where the index is damaged it throws {@link UncheckedIOException} with the
     *     {@link IOException} as its cause
     * @throws IOException if the index cannot be read
     */
    public Stream<TensorInfo> tensors() throws IOException {
        requireOpen();
        return stream(reader.scan());
    }

    /**
     * What is stored, as TensorFlow's {@code CheckpointReader.DebugString} and {@code inspect_checkpoint} list it: as
     * {@link #tensors()}, but in V2 each slice of a partitioned tensor under its own, binary key instead of the tensor.
     *
     * @return a stream as {@link #tensors()}
     * @throws IOException if the index cannot be read
     */
    public Stream<TensorInfo> entries() throws IOException {
        requireOpen();
        return stream(reader.entries());
    }

    /**
     * The same as {@link #tensors()} for a loop, without a stream: the first stream of a JVM takes longer to set up than
     * most checkpoints take to list.
     *
     * @return an iterator; where the index is damaged it throws {@link UncheckedIOException} with the {@link IOException}
     *     as its cause
     * @throws IOException if the index cannot be read
     */
    public Iterator<TensorInfo> tensorIterator() throws IOException {
        requireOpen();
        return new Scan(reader.scan());
    }

    private static Stream<TensorInfo> stream(TensorScan scan) {
        int characteristics = Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(new Scan(scan), characteristics), false);
    }

    private static final class Scan implements Iterator<TensorInfo> {
        private final TensorScan scan;
        private @Nullable TensorInfo next;
        private boolean fetched;

        Scan(TensorScan scan) {
            this.scan = scan;
        }

        private @Nullable TensorInfo peek() {
            if (!fetched) {
                try {
                    next = scan.next();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                fetched = true;
            }
            return next;
        }

        @Override
        public boolean hasNext() {
            return peek() != null;
        }

        @Override
        public TensorInfo next() {
            TensorInfo current = peek();
            if (current == null) {
                throw new NoSuchElementException();
            }
            fetched = false;
            return current;
        }
    }

    /**
     * Looks a tensor up, as a seek in the index.
     *
     * @param name its name
     * @return what the index says of it; empty if there is none
     * @throws IOException if the index is damaged on the way
     */
    public Optional<TensorInfo> find(String name) throws IOException {
        requireOpen();
        return Optional.ofNullable(reader.find(name));
    }

    /**
     * Looks up where a slice of a partitioned tensor lies.
     *
     * @param tensor a partitioned tensor of this checkpoint
     * @param slice one of its slices
     * @return the slice's own entry; empty in V1, whose values lie in records, and if the index lacks it
     * @throws IOException if the index is damaged on the way
     */
    public Optional<TensorInfo> findSlice(TensorInfo tensor, TensorSlice slice) throws IOException {
        return find(TensorNames.decode(new SliceKey(tensor.name(), slice).encode()));
    }

    /**
     * Opens a tensor; nothing of its values is read yet.
     *
     * @param name its name
     * @return the tensor
     * @throws TensorNotFoundException if there is none, with the nearest names
     * @throws IOException if the index is damaged on the way
     */
    public Tensor tensor(String name) throws IOException {
        Optional<TensorInfo> info = find(name);
        if (info.isEmpty()) {
            throw new TensorNotFoundException(
                    reader.notFound(name), name, prefix(), NearestNames.to(name, reader.scan()));
        }
        return tensor(info.get());
    }

    /**
     * Opens a tensor that was listed or found.
     *
     * @param info from this checkpoint
     * @return the tensor
     */
    public Tensor tensor(TensorInfo info) {
        requireOpen();
        return new Tensor(info, reader.open(info), options.checksums());
    }

    /**
     * The objects of a TF2 checkpoint. Read once; later calls give the same graph.
     *
     * @return nothing if the checkpoint is not object-based: it has no entry {@link ObjectKeys#OBJECT_GRAPH}
     * @throws org.tfckpt.tensor.DataLossException if the entry is damaged, or no object graph
     * @throws IOException if it cannot be read
     */
    public Optional<ObjectGraph> objectGraph() throws IOException {
        requireOpen();
        ObjectGraph known = objectGraph;
        if (known == null) {
            Optional<TensorInfo> entry = find(ObjectKeys.OBJECT_GRAPH);
            if (entry.isEmpty()) {
                return Optional.empty();
            }
            known = ObjectGraphEntry.read(tensor(entry.get()), prefix());
            objectGraph = known;
        }
        return Optional.of(known);
    }

    /**
     * Looks a tensor up by whatever name a person has for it.
     *
     * @param name the tensor's own name; or that with {@code :0}, as a graph writes it; or, in an object-based
     *     checkpoint, what {@link ObjectGraph#keyOf} takes: an attribute path or a full name
     * @return what the index says of it; empty if there is none
     * @throws IOException as {@link #find} and, where the name is not a tensor's own, {@link #objectGraph}
     */
    public Optional<TensorInfo> findByAnyName(String name) throws IOException {
        Optional<TensorInfo> found = find(name);
        if (found.isEmpty()) {
            Optional<String> key = objectGraph().flatMap(graph -> graph.keyOf(name));
            found = key.isPresent() ? find(key.get()) : found;
        }
        return found.isEmpty() && name.endsWith(":0") ? find(name.substring(0, name.length() - 2)) : found;
    }

    /**
     * Reads everything and checks it: every block and every tensor's checksum, keys and their order, entries, sizes,
     * that every byte range lies in its file, and that no two tensors share bytes. It goes on after a problem. Memory:
     * 16 bytes a tensor.
     *
     * @param problems told of each problem as it is found
     * @return what was gone through
     * @throws IOException if the disk fails; damage is a problem, not an exception
     */
    public Verification verify(Consumer<Problem> problems) throws IOException {
        return verify(problems, OrderedWork.alone());
    }

    /**
     * As {@link #verify(Consumer)}, by several threads: the same problems in the same order, told by this one. Of a V2
     * checkpoint the bytes of all tensors are spread, also those of a single large one; of V1 the blocks.
     *
     * @param problems told of each problem as it is found
     * @param executor runs what this thread does not do itself; it may be a busy one, or one that this thread is of, for
     *     this thread waits for nothing that has not begun
     * @param degree how many threads read at a time at most, this one included
     * @return what was gone through
     * @throws IOException as {@link #verify(Consumer)}
     * @throws IllegalArgumentException if the degree is not positive
     */
    public Verification verify(Consumer<Problem> problems, Executor executor, int degree) throws IOException {
        return verify(problems, new OrderedWork(executor, degree));
    }

    private Verification verify(Consumer<Problem> problems, OrderedWork work) throws IOException {
        requireOpen();
        long[] count = {0};
        try (work) {
            FormatReader.Totals totals = reader.verify(
                    problem -> {
                        count[0]++;
                        problems.accept(problem);
                    },
                    work);
            return new Verification(totals.tensors(), totals.bytes(), count[0]);
        }
    }

    /** The same files, of which something else is seen. */
    Checkpoint with(FormatReader other) {
        return new Checkpoint(location, options, other);
    }

    /** For those who copy what is stored. */
    FormatReader reader() {
        requireOpen();
        return reader;
    }

    /** The files of a V2 checkpoint; null for V1. */
    @Nullable
    BundlePrefix bundle() {
        return bundle(location);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the checkpoint " + prefix() + " is closed");
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        reader.close();
    }

    /**
     * The checkpoint's place.
     *
     * @return {@link #prefix()}
     */
    @Override
    public String toString() {
        return prefix();
    }
}
