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
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.graph.Graph;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * What comes from where, as a value that can be looked at before anything is read, and then carried out.
 *
 * <p>A strict plan (what {@link Builder#build} makes unless told otherwise) throws a {@link RestoreException} before the
 * first byte of a value is read, if a variable that is not excluded is missing or does not fit; a lenient one restores
 * those that fit. Every tensor is compared with its checksum before a byte of it is handed out, unless the checkpoint was
 * opened otherwise.
 *
 * <p>Immutable, and safe from many threads. The checkpoint stays the caller's to close.
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

    /** Takes the values of variables, one at a time. */
    @FunctionalInterface
    public interface Receiver {
        /**
         * Takes one variable's value. Of a plan that is carried out in parallel, this is called from several threads.
         *
         * @param variable the variable
         * @param value its value: a tensor of the checkpoint, or the region of one for a part of a partitioned variable
         * @throws IOException if the value cannot be read, or the receiver has a reason to stop
         */
        void accept(Wanted variable, Tensor value) throws IOException;
    }

    /** Says what is wanted, and how. */
    public static final class Builder {
        private final Checkpoint checkpoint;
        private final List<Wanted> wanted = new ArrayList<>();
        private final List<NamePattern> exclusions = new ArrayList<>();
        private NameMapping mapping = NameMapping.NONE;
        private boolean lenient;

        private Builder(Checkpoint checkpoint) {
            this.checkpoint = checkpoint;
        }

        /**
         * Adds variables.
         *
         * @param variables what is wanted
         * @return this
         */
        public Builder variables(Collection<Wanted> variables) {
            wanted.addAll(variables);
            return this;
        }

        /**
         * Adds the variables of a graph, under the names that its own saver restores them from; without a saver, under
         * those that TensorFlow saves them under. Of a TF2 SavedModel: the variables of its objects, which are found in an
         * object-based checkpoint along the same attributes.
         *
         * @param graph what wants the values
         * @return this
         * @throws IOException if the checkpoint's object graph cannot be read
         */
        public Builder graph(Graph graph) throws IOException {
            return variables(GraphWants.of(graph, checkpoint));
        }

        /**
         * Leaves variables out, by the graph's name of the variable or the name it is saved under.
         *
         * @param patterns each of them
         * @return this
         */
        public Builder exclude(NamePattern... patterns) {
            return exclude(List.of(patterns));
        }

        /**
         * Leaves variables out, by the graph's name of the variable or the name it is saved under.
         *
         * @param patterns each of them
         * @return this
         */
        public Builder exclude(Collection<NamePattern> patterns) {
            exclusions.addAll(patterns);
            return this;
        }

        /**
         * Adds a mapping after those that were given before.
         *
         * @param next from the graph's names to the checkpoint's
         * @return this
         */
        public Builder mapping(NameMapping next) {
            mapping = mapping.then(next);
            return this;
        }

        /**
         * Restores what fits, and passes over what is missing or does not fit.
         *
         * @return this
         */
        public Builder lenient() {
            lenient = true;
            return this;
        }

        /**
         * Makes the plan. Reads the checkpoint's index and, of an object-based one, the object graph: a variable whose
         * name is no tensor's comes from the variable that has it for its full name, as with TensorFlow's savers.
         *
         * @return the plan, whether or not everything is there
         * @throws IllegalArgumentException with TensorFlow's text, if variables share a name or one has two
         * @throws IOException if index or object graph cannot be read
         */
        public RestorePlan build() throws IOException {
            Comparison comparison = Comparison.of(wanted, tensorsOf(checkpoint), mapping, exclusions);
            return new RestorePlan(checkpoint, comparison, lenient);
        }
    }

    /**
     * Begins a plan.
     *
     * @param checkpoint where the values are
     * @return what takes the rest
     */
    public static Builder from(Checkpoint checkpoint) {
        return new Builder(checkpoint);
    }

    /** A strict plan of what others have worked out. */
    static RestorePlan of(Checkpoint checkpoint, Comparison comparison) {
        return new RestorePlan(checkpoint, comparison, false);
    }

    static Tensors tensorsOf(Checkpoint checkpoint) throws IOException {
        try (Stream<TensorInfo> tensors = checkpoint.tensors()) {
            return new Tensors(tensors.toList(), fullNames(checkpoint));
        }
    }

    private static Map<String, String> fullNames(Checkpoint checkpoint) throws IOException {
        try {
            return checkpoint.objectGraph().map(ObjectGraph::keysByFullName).orElse(Map.of());
        } catch (DataLossException e) {
            if (e.kind() == ProblemKind.MISSING_FILE) {
                // An index alone can still be compared, by its keys.
                return Map.of();
            }
            throw e;
        }
    }

    /**
     * What comes from where.
     *
     * @return the comparison that this plan carries out
     */
    public Comparison comparison() {
        return comparison;
    }

    /**
     * Fails if something is missing or does not fit, also for a lenient plan.
     *
     * @return this
     * @throws RestoreException if {@link Comparison#isComplete()} is false; its message has everything
     */
    public RestorePlan requireComplete() throws RestoreException {
        if (!comparison.isComplete()) {
            throw new RestoreException(checkpoint.prefix(), comparison);
        }
        return this;
    }

    /**
     * Reads every variable into a buffer of the caller's: elements in row-major order, in the buffer's own byte order. A
     * buffer's position moves behind what it took.
     *
     * @param buffers gives each variable's buffer, with as many bytes left as the variable has; asked before anything is
     *     read
     * @throws RestoreException if the plan is strict and not complete
     * @throws IllegalArgumentException before anything is read, if a variable is of strings or variants, which have no
     *     fixed width, or a buffer has not as many bytes left as its variable has
     * @throws IOException if a value is damaged or cannot be read
     */
    public void restore(Function<? super Wanted, ? extends ByteBuffer> buffers) throws IOException {
        restore(buffers, Runnable::run, 1);
    }

    /**
     * Reads every variable into a buffer of the caller's, in parallel.
     *
     * @param buffers as in {@link #restore(Function)}; no two variables may have the same one
     * @param executor runs what this thread does not do itself
     * @param degree how many tensors are read at a time at most, this thread's included
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
                        ElementCopy.copy(value, target);
                    }
                },
                executor,
                degree);
    }

    private static ByteBuffer checkedBuffer(VariableSource source, ByteBuffer buffer) {
        String name = TensorNames.printable(source.wanted().variable());
        TensorInfo tensor = source.tensor().orElseThrow();
        if (!tensor.dtype().isFixedWidth()) {
            throw new IllegalArgumentException("variable " + name + " is " + DataType.enumName(tensor.dtypeNumber())
                    + ", which no buffer holds; take it from forEach");
        }
        long bytes = source.wanted()
                        .part()
                        .map(part -> part.slice().of(part.shape()))
                        .orElse(tensor.shape())
                        .elements()
                * tensor.dtype().width();
        if (buffer.remaining() != bytes) {
            throw new IllegalArgumentException(
                    "variable " + name + " has " + bytes + " bytes, and its buffer " + buffer.remaining());
        }
        return buffer;
    }

    /**
     * Hands every variable's value out, in the order of the files.
     *
     * @param receiver takes them; several variables may come from one tensor
     * @throws RestoreException if the plan is strict and not complete
     * @throws IOException if a value is damaged or cannot be read, or the receiver threw it
     */
    public void forEach(Receiver receiver) throws IOException {
        forEach(receiver, Runnable::run, 1);
    }

    /**
     * Hands every variable's value out, several at a time and roughly in the order of the files.
     *
     * @param receiver takes them, from several threads
     * @param executor runs what this thread does not do itself; it may be a busy one, for this thread waits for nothing
     *     that has not begun
     * @param degree how many tensors are read at a time at most, this thread's included
     * @throws RestoreException if the plan is strict and not complete
     * @throws IOException if a value is damaged or cannot be read, or the receiver threw it: the first such; what had
     *     begun elsewhere is finished before
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

    /** The variables of one tensor together: it is compared with its checksum once. */
    private List<List<VariableSource>> jobs() {
        Map<String, List<VariableSource>> byTensor = new LinkedHashMap<>();
        comparison.matched().stream()
                .sorted(Comparator.comparing(source -> source.tensor().orElseThrow(), FILE_ORDER))
                .forEach(source -> byTensor.computeIfAbsent(
                                source.tensor().orElseThrow().name(), none -> new ArrayList<>(1))
                        .add(source));
        return List.copyOf(byTensor.values());
    }

    /** By place; what lies in several places comes after what lies in one. */
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

    /**
     * The outcome in numbers.
     *
     * @return as {@link Comparison#toString()}
     */
    @Override
    public String toString() {
        return comparison.toString();
    }
}
