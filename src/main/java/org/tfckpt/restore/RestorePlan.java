package org.tfckpt.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphSaver;
import org.tfckpt.io.ByteSwap;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * Restores variables from a checkpoint. A plan determines the tensor for each variable, and can be inspected before any
 * value is read.
 *
 * <p>By default a plan is strict: if a variable that is not excluded is missing or does not fit, it throws a
 * {@link RestoreException} before it reads a value. A {@linkplain Builder#lenient lenient} plan restores the variables
 * that fit. The checksum of a tensor is verified before its value is returned, unless the checkpoint was opened
 * {@linkplain org.tfckpt.ReadOptions#withoutChecksums without checksums}.
 *
 * <p>Immutable and thread-safe. The caller closes the checkpoint.
 */
public final class RestorePlan {
    private final Checkpoint checkpoint;
    private final Comparison comparison;
    private final boolean lenient;

    private RestorePlan(Checkpoint checkpoint, Comparison comparison, boolean lenient) {
        this.checkpoint = checkpoint;
        this.comparison = comparison;
        this.lenient = lenient;
    }

    /** Receives the values of variables. */
    @FunctionalInterface
    public interface Receiver {
        /**
         * Receives the value of one variable. A parallel restore calls this method from several threads.
         *
         * @param variable the variable
         * @param value the tensor, or the region of it that belongs to a part of a partitioned variable
         * @throws IOException if the value cannot be read, or to stop restoring
         */
        void accept(Wanted variable, Tensor value) throws IOException;
    }

    /** Collects the variables and options of a plan. Not thread-safe. */
    public static final class Builder {
        private final Checkpoint checkpoint;
        private final List<NamedVariable> variables = new ArrayList<>();
        private final List<Graph> graphs = new ArrayList<>();
        private @Nullable NameKind names;
        private final List<NamePattern> exclusions = new ArrayList<>();
        private NameMapping mapping = NameMapping.NONE;
        private boolean lenient;
        private boolean withoutSlots;

        private Builder(Checkpoint checkpoint) {
            this.checkpoint = checkpoint;
        }

        /**
         * Adds variables.
         *
         * @param wanted the variables to restore
         * @return this
         */
        public Builder variables(Collection<Wanted> wanted) {
            wanted.forEach(variable -> variables.add(NamedVariable.of(variable)));
            return this;
        }

        /**
         * Adds the variables of a graph, by the names that its saver restores them from or, without a saver, by the
         * names that TensorFlow saves them under. For a TF2 SavedModel or checkpoint, adds the variables of its objects.
         * They follow the variables added otherwise.
         *
         * @param graph the graph
         * @return this
         */
        public Builder graph(Graph graph) {
            graphs.add(graph);
            return this;
        }

        /**
         * Adds only the variables that a saver of a graph restores, by the names that it restores them from.
         *
         * @param saver one of {@link Graph#savers}
         * @return this
         * @throws IllegalArgumentException if the names that it restores are not constants of the graph
         */
        public Builder saver(GraphSaver saver) {
            variables.addAll(GraphWants.of(saver));
            return this;
        }

        /**
         * Determines which names of object-based graphs and checkpoints are compared. By default, the kind with the most
         * matches is chosen.
         *
         * @param kind the kind of names; ignored if neither the graph nor the checkpoint is object-based
         * @return this
         */
        public Builder names(NameKind kind) {
            names = kind;
            return this;
        }

        /**
         * Excludes variables by their name in the graph or their saved name.
         *
         * @param patterns patterns for the names
         * @return this
         */
        public Builder exclude(NamePattern... patterns) {
            return exclude(List.of(patterns));
        }

        /**
         * Excludes variables by their name in the graph or their saved name.
         *
         * @param patterns patterns for the names
         * @return this
         */
        public Builder exclude(Collection<NamePattern> patterns) {
            exclusions.addAll(patterns);
            return this;
        }

        /**
         * Excludes the state of optimizers: variables that the graph or their names show to be slots or
         * hyperparameters of an optimizer.
         *
         * @return this
         */
        public Builder withoutSlots() {
            withoutSlots = true;
            return this;
        }

        /**
         * Adds a mapping, to be applied after those added before.
         *
         * @param next maps names in the graph to names in the checkpoint
         * @return this
         */
        public Builder mapping(NameMapping next) {
            mapping = mapping.then(next);
            return this;
        }

        /**
         * Restores the variables that fit, and ignores those that are missing or do not fit.
         *
         * @return this
         */
        public Builder lenient() {
            lenient = true;
            return this;
        }

        /**
         * Builds the plan. Reads the index and, for an object-based checkpoint, the object graph. Unless the kind of
         * {@linkplain #names names} is given, variables may be found by their keys and by their full names, as
         * TensorFlow's savers find them.
         *
         * @return the plan, complete or not
         * @throws IllegalArgumentException with TensorFlow's text, if two variables have the same name or one has two
         *     names
         * @throws IOException if the index or the object graph cannot be read
         */
        public RestorePlan build() throws IOException {
            Tensors tensors = tensorsOf(checkpoint);
            List<GraphWants> wants = graphs.stream()
                    .map(graph -> new GraphWants(graph, checkpoint, tensors))
                    .toList();
            Exclusions excluded = new Exclusions(List.copyOf(exclusions), withoutSlots);
            Comparison comparison =
                    new NameChoice(List.copyOf(variables), wants, tensors, mapping, excluded).compare(names);
            boolean partial = graphs.stream().anyMatch(Graph::isPartial);
            return new RestorePlan(checkpoint, partial ? comparison.asPartial() : comparison, lenient);
        }
    }

    /**
     * {@return a builder for a plan}
     *
     * @param checkpoint the checkpoint to restore from
     */
    public static Builder from(Checkpoint checkpoint) {
        return new Builder(checkpoint);
    }

    /** Returns a strict plan for a comparison. */
    static RestorePlan of(Checkpoint checkpoint, Comparison comparison) {
        return new RestorePlan(checkpoint, comparison, false);
    }

    static Tensors tensorsOf(Checkpoint checkpoint) throws IOException {
        try (Stream<TensorInfo> tensors = checkpoint.tensors()) {
            List<TensorInfo> all = tensors.toList();
            return checkpoint
                    .availableObjectGraph()
                    .map(graph -> Tensors.of(all, graph))
                    .orElseGet(() -> Tensors.of(all, Map.of()));
        }
    }

    /** {@return the comparison of variables and tensors that this plan executes} */
    public Comparison comparison() {
        return comparison;
    }

    /**
     * Throws if a variable is missing or does not fit, even if the plan is lenient.
     *
     * @return this
     * @throws RestoreException if {@link Comparison#isComplete()} is false; the message lists the variables
     */
    public RestorePlan requireComplete() throws RestoreException {
        if (!comparison.isComplete()) {
            throw new RestoreException(checkpoint.prefix(), comparison);
        }
        return this;
    }

    /**
     * Reads every variable into a buffer: elements in row-major order, in the byte order of the buffer, whose position
     * is advanced past them.
     *
     * @param buffers returns the buffer for a variable, with exactly its number of bytes remaining; called before any
     *     value is read
     * @throws RestoreException if the plan is strict and not complete
     * @throws IllegalArgumentException before any value is read, if a variable contains strings or variants, which have
     *     no fixed width, or the remaining size of a buffer is wrong
     * @throws IOException if a value is damaged or cannot be read
     */
    public void restore(Function<? super Wanted, ? extends ByteBuffer> buffers) throws IOException {
        restore(buffers, Runnable::run, 1);
    }

    /**
     * Reads every variable into a buffer, in parallel.
     *
     * @param buffers as in {@link #restore(Function)}; each variable needs its own buffer
     * @param executor runs the reads that the calling thread does not run itself
     * @param degree the maximum number of tensors read at the same time, including by the calling thread
     * @throws IllegalArgumentException as {@link #restore(Function)}, or if {@code degree} is not positive
     * @throws IOException as {@link #restore(Function)}
     */
    public void restore(Function<? super Wanted, ? extends ByteBuffer> buffers, Executor executor, int degree)
            throws IOException {
        requireStrictness();
        Map<Wanted, ByteBuffer> targets = new LinkedHashMap<>();
        for (VariableSource source : comparison.matched()) {
            targets.put(source.wanted(), checkedBuffer(source, buffers.apply(source.wanted())));
        }
        forEach(
                (variable, value) -> {
                    ByteBuffer target = targets.get(variable);
                    if (target != null) {
                        copy(value, target);
                    }
                },
                executor,
                degree);
    }

    private static void copy(Tensor value, ByteBuffer target) throws IOException {
        int start = target.position();
        value.read(0, target);
        if (!value.order().equals(target.order())) {
            ByteSwap.swap(
                    target.duplicate().flip().position(start), value.dtype().swapUnit());
        }
    }

    private static ByteBuffer checkedBuffer(VariableSource source, ByteBuffer buffer) {
        String name = TensorNames.printable(source.wanted().variable());
        TensorInfo tensor = source.tensor().orElseThrow();
        if (!tensor.dtype().isFixedWidth()) {
            throw new IllegalArgumentException("variable '" + name + "' has dtype "
                    + DataType.enumName(tensor.dtypeNumber()) + ", which has no fixed width; use forEach to read it");
        }
        long bytes = source.wanted()
                        .part()
                        .map(part -> part.slice().of(part.shape()))
                        .orElse(tensor.shape())
                        .elements()
                * tensor.dtype().width();
        if (buffer.remaining() != bytes) {
            throw new IllegalArgumentException(
                    "variable '" + name + "' has " + bytes + " bytes, but its buffer has " + buffer.remaining());
        }
        return buffer;
    }

    /**
     * Passes the value of every variable to a receiver, in the order of the data files.
     *
     * @param receiver receives the values; several variables may share a tensor
     * @throws RestoreException if the plan is strict and not complete
     * @throws IOException if a value is damaged or cannot be read, or the receiver throws it
     */
    public void forEach(Receiver receiver) throws IOException {
        forEach(receiver, Runnable::run, 1);
    }

    /**
     * Passes the value of every variable to a receiver, in parallel and roughly in the order of the data files.
     *
     * @param receiver receives the values on several threads
     * @param executor runs the reads that the calling thread does not run itself; it may be busy, because the calling
     *     thread waits only for reads that have started
     * @param degree the maximum number of tensors read at the same time, including by the calling thread
     * @throws RestoreException if the plan is strict and not complete
     * @throws IllegalArgumentException if {@code degree} is not positive
     * @throws IOException if a value is damaged or cannot be read, or the receiver throws it. The first exception is
     *     thrown, after reads on other threads have finished
     */
    public void forEach(Receiver receiver, Executor executor, int degree) throws IOException {
        requireStrictness();
        OrderedWork.forEach(jobs(), job -> run(job, receiver), executor, degree);
    }

    private void requireStrictness() throws RestoreException {
        if (!lenient) {
            requireComplete();
        }
    }

    /** Groups the variables by tensor, so that its checksum is verified once. */
    private List<List<VariableSource>> jobs() {
        Map<String, List<VariableSource>> byTensor = new LinkedHashMap<>();
        comparison.matched().stream()
                .sorted(Comparator.comparing(source -> source.tensor().orElseThrow(), FILE_ORDER))
                .forEach(source -> byTensor.computeIfAbsent(
                                source.tensor().orElseThrow().name(), none -> new ArrayList<>(1))
                        .add(source));
        return List.copyOf(byTensor.values());
    }

    /** Orders tensors by their position in the data files; partitioned tensors and V1 come last. */
    private static final Comparator<TensorInfo> FILE_ORDER = Comparator.comparingInt(RestorePlan::shard)
            .thenComparingLong(RestorePlan::offset)
            .thenComparing(TensorInfo::name, TensorNames.ORDER);

    private static int shard(TensorInfo tensor) {
        TensorInfo.Storage storage = tensor.storage();
        return storage == null ? Integer.MAX_VALUE : storage.shard();
    }

    private static long offset(TensorInfo tensor) {
        TensorInfo.Storage storage = tensor.storage();
        return storage == null ? 0 : storage.offset();
    }

    private void run(List<VariableSource> job, Receiver receiver) throws IOException {
        Tensor tensor = checkpoint.tensor(job.get(0).tensor().orElseThrow());
        for (VariableSource source : job) {
            Wanted wanted = source.wanted();
            receiver.accept(
                    wanted,
                    wanted.part().isPresent() ? tensor.slice(wanted.part().get().slice()) : tensor);
        }
    }

    /** {@return the number of variables per outcome, as {@link Comparison#toString()}} */
    @Override
    public String toString() {
        return comparison.toString();
    }
}
