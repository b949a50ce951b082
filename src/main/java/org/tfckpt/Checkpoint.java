package org.tfckpt;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.tfckpt.files.CheckpointLocation;
import org.tfckpt.files.CheckpointLocator;
import org.tfckpt.format.ArrangedTensors;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.TensorScan;
import org.tfckpt.format.VerificationListener;
import org.tfckpt.format.bundle.Bundle;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.npz.Npz;
import org.tfckpt.format.safetensors.Safetensors;
import org.tfckpt.format.v1.V1Checkpoint;
import org.tfckpt.io.FileAccess;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.storage.Storage;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorNotFoundException;
import org.tfckpt.tensor.TensorSlice;

/**
 * An open checkpoint: lists, finds, reads and verifies its tensors. Files of safetensors and NumPy are opened in the same
 * way.
 *
 * <p>Opening a V2 checkpoint reads a few blocks of the index, regardless of the number of tensors. Looking up a tensor
 * reads one more block. A data file is opened when a tensor in it is first read. Opening a file of another format reads
 * and checks its list of tensors.
 *
 * <p>Thread-safe. After {@link #close} every method that reads throws {@link IllegalStateException}; views obtained
 * earlier stay valid, unless {@link ReadOptions#withUnmapOnClose} was used. Interrupting a thread while it reads closes
 * the channel of the file, as for all Java channels: its read throws
 * {@link java.nio.channels.ClosedByInterruptException}, later reads throw
 * {@link java.nio.channels.ClosedChannelException}, and the checkpoint has to be opened again.
 */
public final class Checkpoint implements Closeable {
    private final CheckpointLocation location;
    private final ReadOptions options;
    private final FormatReader reader;
    private final @Nullable Closeable files;
    private volatile @Nullable ObjectGraph objectGraph;
    private volatile boolean closed;

    private Checkpoint(
            CheckpointLocation location, ReadOptions options, FormatReader reader, @Nullable Closeable files) {
        this.location = location;
        this.options = options;
        this.reader = reader;
        this.files = files;
    }

    /**
     * The result of a verification.
     *
     * @param tensors the number of tensors
     * @param bytes the number of intact bytes of their values
     * @param problems the number of problems
     */
    public record Verification(long tensors, long bytes, long problems) {
        /** {@return whether no problem was found} */
        public boolean isIntact() {
            return problems == 0;
        }
    }

    /**
     * Opens a checkpoint with {@link ReadOptions#DEFAULT}.
     *
     * @param path the prefix of a checkpoint ({@code log/model.ckpt-122543}), one of its files, a V1 file or the
     *     pattern of a sharded V1 checkpoint ({@code model.ckpt-?????-of-00002}), a {@code checkpoint} state file or
     *     its directory (opens the latest checkpoint), a SavedModel directory or its {@code variables}; or a {@code
     *     .safetensors} file, the {@code .safetensors.index.json} of a set or one of its files, a directory with {@code
     *     model.safetensors} or {@code model.safetensors.index.json}, an {@code .npz} or an {@code .npy} file
     * @return the checkpoint; the caller closes it
     * @throws org.tfckpt.tensor.CheckpointException if no checkpoint is found; the message suggests what to try
     * @throws org.tfckpt.tensor.DataLossException if the index is damaged
     * @throws org.tfckpt.tensor.UnsupportedFormatException if the format or its version is not supported
     * @throws IOException if the files cannot be read
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
        return open(path, options, null);
    }

    /**
     * Opens a checkpoint of a storage with {@link ReadOptions#DEFAULT}.
     *
     * @param storage the place that holds the files; the caller closes it after the checkpoint
     * @param name the name of the checkpoint in the storage, of any form that {@link #open(Path)} accepts
     * @return the checkpoint; the caller closes it
     * @throws IOException as {@link #open(Path)}, or as the storage throws it
     */
    public static Checkpoint open(Storage storage, String name) throws IOException {
        return open(storage, name, ReadOptions.DEFAULT);
    }

    /**
     * Opens a checkpoint of a storage. Its files are read in large blocks, up to eight at a time and ahead of a reader,
     * which are cached in memory until the checkpoint is closed. Nothing is mapped, and views are copies. A state file
     * may only name checkpoints below its own directory.
     *
     * <p>Interrupting a thread that waits for the storage ends its read with a {@link java.io.InterruptedIOException}.
     *
     * @param storage the place that holds the files; the caller closes it after the checkpoint
     * @param name the name of the checkpoint in the storage, of any form that {@link #open(Path)} accepts
     * @param options how to read
     * @return the checkpoint; the caller closes it
     * @throws IOException as {@link #open(Path)}, or as the storage throws it
     */
    public static Checkpoint open(Storage storage, String name, ReadOptions options) throws IOException {
        StorageFileSystem files = new StorageFileSystem(storage, options.cacheBytes());
        try {
            return open(files.getPath(name).toAbsolutePath(), options, files);
        } catch (IOException | RuntimeException | Error e) {
            files.close();
            throw e;
        }
    }

    private static Checkpoint open(Path path, ReadOptions options, @Nullable Closeable files) throws IOException {
        CheckpointLocation location = CheckpointLocator.locate(path);
        return new Checkpoint(location, options, reader(location, options), files);
    }

    /**
     * Opens a location. Only this method knows which formats there are. Protobuf reads V1's values by their address, so
     * that unmapping them at close could crash the JVM.
     */
    private static FormatReader reader(CheckpointLocation location, ReadOptions options) throws IOException {
        Path first = location.files().get(0);
        return switch (location.format()) {
            case "V1" -> V1Checkpoint.open(location.name(), location.files(), options.access() == FileAccess.MAPPED);
            case Safetensors.FORMAT -> Safetensors.open(first, options.access());
            case Npz.NPZ -> Npz.openArchive(first, options.access(), options.assumesBfloat16());
            case Npz.NPY -> Npz.openArray(first, options.access(), options.assumesBfloat16());
            default -> Bundle.open(BundlePrefix.ofIndex(first), options.access());
        };
    }

    /** {@return the options with which this checkpoint was opened} */
    public ReadOptions options() {
        return options;
    }

    /** {@return the directory and the first part of the names of the files; for V1 the file or the pattern} */
    public String prefix() {
        return location.name();
    }

    /**
     * {@return the file that was opened: the index of a V2 checkpoint or of a set of safetensors files, the first file
     * of a V1 checkpoint, or the file; if it is read from a storage, a path whose text is its location}
     */
    public Path file() {
        return location.files().get(0);
    }

    /**
     * Returns a file that holds values.
     *
     * @param shard the number of the file, less than {@link #shardCount}
     * @return the path; if it is read from a storage, its text is its location
     */
    public Path dataFile(int shard) {
        return reader.dataFile(shard);
    }

    /**
     * {@return the name of the format: {@code V2}, {@code V1} for the format that preceded it, {@code safetensors},
     * {@code npz} or {@code npy}}
     */
    public String format() {
        return reader.format();
    }

    /**
     * {@return the byte order of the values, as given in the header; little-endian for other formats than V2, even if
     * an array of NumPy is big-endian}
     */
    public ByteOrder byteOrder() {
        return reader.byteOrder();
    }

    /**
     * {@return the number of files that hold values, as given in the header even if files are missing; for V1, the
     * number of files}
     */
    public int shardCount() {
        return reader.dataFileCount();
    }

    /**
     * {@return whether the format has checksums of the values, as safetensors and npy files do not} Without them,
     * {@link #verify} checks the structure alone, and a changed value is not noticed.
     */
    public boolean hasChecksums() {
        return reader.hasChecksums();
    }

    /** {@return whether {@link CheckpointWriter#linkShard} can link the data files: true if the format is V2} */
    public boolean canLinkDataFiles() {
        return reader.hasLinkableDataFiles();
    }

    /**
     * Returns all tensors in the order of the bytes of their names ({@link org.tfckpt.tensor.TensorNames#ORDER}). The
     * index is read while the stream is consumed, in constant memory. A partitioned tensor is one element.
     *
     * @return a sequential stream; if the index is damaged, it throws {@link UncheckedIOException} with an
     *     {@link IOException} as its cause
     * @throws IOException if the index cannot be read
     */
    public Stream<TensorInfo> tensors() throws IOException {
        requireOpen();
        return stream(reader.scan());
    }

    /**
     * Returns the stored entries, as TensorFlow's {@code CheckpointReader.DebugString} and {@code inspect_checkpoint}
     * list them. In V2, the slices of a partitioned tensor are listed under their own, binary keys instead of the
     * tensor; in V1, the entries are the same as {@link #tensors()}.
     *
     * @return a stream as {@link #tensors()}
     * @throws IOException if the index cannot be read
     */
    public Stream<TensorInfo> entries() throws IOException {
        requireOpen();
        return stream(reader.entries());
    }

    /**
     * Returns an iterator over {@link #tensors()}. Faster than the stream in a short-lived JVM, where creating the
     * first stream takes longer than listing most checkpoints.
     *
     * @return an iterator; if the index is damaged, it throws {@link UncheckedIOException} with an {@link IOException}
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
     * Looks up a tensor by its name.
     *
     * @param name the name of the tensor
     * @return the tensor's entry in the index; empty if there is none
     * @throws IOException if the part of the index that would hold it is damaged
     */
    public Optional<TensorInfo> find(String name) throws IOException {
        requireOpen();
        return Optional.ofNullable(reader.find(name));
    }

    /**
     * Looks up where a slice of a partitioned tensor is stored.
     *
     * @param tensor a partitioned tensor of this checkpoint
     * @param slice one of its slices
     * @return the slice's entry in the index; empty if there is none, as in V1, which has no entries for slices
     * @throws IOException if the part of the index that would hold it is damaged
     */
    public Optional<TensorInfo> findSlice(TensorInfo tensor, TensorSlice slice) throws IOException {
        requireOpen();
        return Optional.ofNullable(reader.findSlice(tensor, slice));
    }

    /**
     * Opens a tensor without reading its values.
     *
     * @param name its name
     * @return the tensor
     * @throws TensorNotFoundException if there is none; the message suggests similar names
     * @throws IOException if the part of the index that would hold it is damaged
     */
    public Tensor tensor(String name) throws IOException {
        Optional<TensorInfo> info = find(name);
        if (info.isEmpty()) {
            throw new TensorNotFoundException(
                    name, reader.tensorFlowNotFound(name), prefix(), NearestNames.to(name, reader.scan()));
        }
        return tensor(info.get());
    }

    /**
     * Opens a tensor without reading its values.
     *
     * @param info a tensor of this checkpoint
     * @return the tensor
     */
    public Tensor tensor(TensorInfo info) {
        requireOpen();
        return new Tensor(info, reader.open(info), options.checksums());
    }

    /**
     * Returns the object graph of a TF2 checkpoint. It is read by the first call.
     *
     * @return the graph; empty if the checkpoint is not object-based: it has no entry {@link ObjectKeys#OBJECT_GRAPH}
     * @throws org.tfckpt.tensor.DataLossException if the entry is damaged, or not an object graph
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
            known = objectGraph(tensor(entry.get()));
            objectGraph = known;
        }
        return Optional.of(known);
    }

    private ObjectGraph objectGraph(Tensor entry) throws IOException {
        ErrorContext place = ErrorContext.at(prefix(), -1).ofTensor(entry.name());
        if (entry.dtype() != DataType.DT_STRING || !entry.shape().equals(Shape.of())) {
            throw new DataLossException(
                    ProblemKind.ENTRY, "not an object graph", place.mismatch("a string scalar", entry));
        }
        return ObjectGraph.parse(entry.asStringVector().bytes(0), place);
    }

    /**
     * Returns the object graph of a TF2 checkpoint if the files at hand have it.
     *
     * @return the graph; empty if the checkpoint is not object-based, or the data file that holds the graph is missing
     * @throws IOException as {@link #objectGraph()}
     */
    public Optional<ObjectGraph> availableObjectGraph() throws IOException {
        try {
            return objectGraph();
        } catch (DataLossException e) {
            if (e.kind() == ProblemKind.MISSING_FILE) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Looks up a tensor by any of the names that people use for it.
     *
     * @param name the tensor's name; its name followed by {@code :0}, as graphs write it; or, in an object-based
     *     checkpoint, an attribute path or a full name as in {@link ObjectGraph#keyOf}
     * @return the tensor's entry in the index; empty if there is none
     * @throws IOException as {@link #find} and, if the name is not a tensor's own, {@link #objectGraph}
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
     * Reads the whole checkpoint and checks the checksums of all blocks and tensors, the order of keys, entries and
     * sizes, that every byte range lies within its file, that no two tensors share bytes, and that no bytes are unused.
     * Continues after a problem. Uses 16 bytes of memory per tensor.
     *
     * <p>Damage is reported per tensor. If a data file is not that of the checkpoint
     * ({@link org.tfckpt.tensor.ProblemKind#WRONG_FILE}) or is truncated, a problem without a tensor that explains the
     * damage follows.
     *
     * @param problems receives each problem when it is found
     * @return the result
     * @throws IOException if the disk fails; damage is a problem, not an exception
     */
    public Verification verify(Consumer<Problem> problems) throws IOException {
        return verify(problems, tensor -> {}, tensor -> false, OrderedWork.alone());
    }

    /**
     * Verifies as {@link #verify(Consumer)} does, except that bytes are not read if they were compared with their
     * checksum before, for example on other machines: see {@link org.tfckpt.values.PartialScan}.
     *
     * @param problems receives each problem
     * @param checked tells whether the bytes of an {@linkplain #entries entry} are known to have its checksum. Only asked
     *     in V2 checkpoints, about entries whose dtype has a fixed width
     * @return the result
     * @throws IOException as {@link #verify(Consumer)}
     */
    public Verification verify(Consumer<Problem> problems, Predicate<TensorInfo> checked) throws IOException {
        return verify(problems, tensor -> {}, checked, OrderedWork.alone());
    }

    /**
     * Verifies as {@link #verify(Consumer)} does, with several threads. The problems and their order do not depend on
     * the number of threads. In V2, the threads share the bytes of all tensors, even those of a single large tensor; in
     * V1, they share the blocks.
     *
     * @param problems receives each problem, on the calling thread
     * @param executor runs the tasks that the calling thread does not run itself. It may be busy, and the calling
     *     thread may belong to it: the calling thread never waits for a task that has not started
     * @param degree the maximum number of threads, including the calling one
     * @return the result
     * @throws IOException as {@link #verify(Consumer)}
     * @throws IllegalArgumentException if the degree is not positive
     */
    public Verification verify(Consumer<Problem> problems, Executor executor, int degree) throws IOException {
        return verify(problems, tensor -> {}, executor, degree);
    }

    /**
     * Verifies the checkpoint like {@link #verify(Consumer, Executor, int)}, with a listener for the progress.
     *
     * @param problems receives each problem, on the calling thread
     * @param intact receives each tensor after it was found to be intact, on the calling thread
     * @param executor runs the tasks that the calling thread does not run itself
     * @param degree the maximum number of threads, including the calling one
     * @return the result
     * @throws IOException as {@link #verify(Consumer)}
     * @throws IllegalArgumentException if the degree is not positive
     */
    public Verification verify(Consumer<Problem> problems, Consumer<TensorInfo> intact, Executor executor, int degree)
            throws IOException {
        return verify(problems, intact, tensor -> false, new OrderedWork(executor, degree));
    }

    private Verification verify(
            Consumer<Problem> problems, Consumer<TensorInfo> intact, Predicate<TensorInfo> checked, OrderedWork work)
            throws IOException {
        requireOpen();
        long[] count = {0};
        VerificationListener listener = new VerificationListener() {
            @Override
            public void problem(Problem problem) {
                count[0]++;
                problems.accept(problem);
            }

            @Override
            public void intact(TensorInfo tensor) {
                intact.accept(tensor);
            }

            @Override
            public boolean isChecked(TensorInfo entry) {
                return checked.test(entry);
            }
        };
        try (work) {
            FormatReader.Totals totals = reader.verify(listener, work);
            return new Verification(totals.tensors(), totals.bytes(), count[0]);
        }
    }

    /**
     * Returns a view of this checkpoint that has some of its tensors, under other names and with their axes in another
     * order. It reads the files of this checkpoint, which must stay open; closing it closes no file. Verifying it verifies
     * this checkpoint. Its data files cannot be linked.
     *
     * @param tensors the tensors of the view. If the {@linkplain #objectGraph object graph} is one of them, the tensors
     *     that it lists must keep their names
     * @return the view
     * @throws CheckpointException if two tensors have the same name
     */
    public Checkpoint view(Collection<TensorView> tensors) throws CheckpointException {
        ArrangedTensors arranged = new ArrangedTensors(reader());
        for (TensorView tensor : tensors) {
            TensorInfo other = arranged.put(tensor.name(), tensor.source(), tensor.axes());
            if (other != null) {
                throw new CheckpointException(
                        "'" + TensorNames.printable(other.name()) + "' and '"
                                + TensorNames.printable(tensor.source().name()) + "' of '" + prefix()
                                + "' would both be named '" + TensorNames.printable(tensor.name()) + "'",
                        ErrorContext.hint("exclude one, or change the rules so that their names differ"));
            }
        }
        return with(arranged);
    }

    /** Returns a checkpoint with the same location that reads through another reader. */
    Checkpoint with(FormatReader other) {
        return new Checkpoint(location, options, other, null);
    }

    FormatReader reader() {
        requireOpen();
        return reader;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the checkpoint '" + prefix() + "' is closed");
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            reader.close();
        } finally {
            if (files != null) {
                files.close();
            }
        }
    }

    /** {@return the {@linkplain #prefix() prefix}} */
    @Override
    public String toString() {
        return prefix();
    }
}
