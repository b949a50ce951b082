package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.graph.Graph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorNames;

/**
 * A new checkpoint from old ones, as a plan that can be looked at before anything is written, and then carried out.
 *
 * <pre>{@code
 * try (Checkpoint log = Checkpoint.open(Path.of("log/model.ckpt-122543"))) {
 *   Rewrite.of(log).withoutSlots().rename(NameMapping.sed("s#^input/#init/#")).build()
 *       .run(Path.of("init/model.ckpt"));
 * }
 * }</pre>
 *
 * <p><b>What is not touched.</b> A data file of which everything is wanted as it is becomes a data file of the new
 * checkpoint as it is: linked, or copied where it cannot be. Checksums are carried over. Of the others the tensors that are
 * wanted are copied in the order of the file, each compared with its checksum on the way, so that what was dropped takes
 * no room; a tensor that gets two names is stored twice, and a partitioned one stays so.
 *
 * <p><b>The object graph</b> of an object-based (TF2) checkpoint follows: keys of renamed tensors become the new names,
 * values of dropped ones go, with the slots of optimizers that lose theirs. It comes along whatever is included, is never
 * renamed, and is left out only where it is excluded by name, or where a graph wants its variables by names. Where it
 * cannot be kept in step, the plan is refused.
 *
 * <p><b>Floats that are cast</b> are rounded to the nearest value, of two as near to the even one; what is too large
 * becomes infinite, and a NaN stays one.
 *
 * <p>What {@link org.tfckpt.CheckpointWriter} guarantees holds here, too: at every instant there is the old checkpoint or
 * the new one; one of the sources may be the target, where it may be overwritten. State file and {@code .meta} are not
 * touched. The checkpoints stay the caller's to close, after the plan was carried out. Immutable; carried out by one
 * thread at a time.
 */
public final class Rewrite {
    private final Specification wanted;
    private final List<RewrittenTensor> tensors;
    private final List<String> notes;
    private final List<Problem> lost;
    private final byte @Nullable [] objects;
    private final List<InputLayout> inputs = new ArrayList<>();

    private Rewrite(Specification wanted, PlannedTensors outcome, byte @Nullable [] objects) throws IOException {
        this.wanted = wanted;
        this.objects = objects;
        this.notes = List.copyOf(outcome.notes());
        this.lost = wanted.lost();
        this.tensors = outcome.tensors().stream()
                .sorted(Comparator.comparing(RewrittenTensor::name, TensorNames.ORDER))
                .toList();
        for (int input = 0; input < wanted.inputs.size(); input++) {
            int number = input;
            inputs.add(new InputLayout(
                    wanted.inputs.get(input),
                    tensors.stream().filter(tensor -> tensor.input() == number).toList(),
                    this::stays,
                    wanted.linking));
        }
    }

    /** Says what is wanted. */
    public static final class Builder {
        private final List<Checkpoint> given;
        private final Specification wanted;
        private boolean salvage;

        private Builder(List<Checkpoint> inputs) {
            given = List.copyOf(inputs);
            wanted = new Specification(inputs);
        }

        /**
         * Only tensors whose names match one of all the patterns included; fitted to a graph: only variables.
         *
         * @param patterns by the names in the checkpoints; by the graph's where it is fitted to one
         * @return this
         */
        public Builder include(Collection<NamePattern> patterns) {
            wanted.includes.addAll(patterns);
            return this;
        }

        /**
         * No tensor whose name matches; fitted to a graph: no variable.
         *
         * @param patterns by the names in the checkpoints; by the graph's where it is fitted to one
         * @return this
         */
        public Builder exclude(Collection<NamePattern> patterns) {
            wanted.excludes.addAll(patterns);
            return this;
        }

        /**
         * Nothing that optimizers keep beside the model. Moving averages stay, and so do learning rates.
         *
         * @return this
         */
        public Builder withoutSlots() {
            wanted.withoutSlots = true;
            return this;
        }

        /**
         * Other names, by rules after those that were given before.
         *
         * @param rules from the name in the checkpoint to the new one
         * @return this
         */
        public Builder rename(NameMapping rules) {
            wanted.rename = wanted.rename.then(rules);
            wanted.renames = true;
            return this;
        }

        /**
         * Other names one by one, before all rules: these do not see what stands here. Fitted to a graph: where its
         * variables come from, likewise.
         *
         * @param pairs from the name wanted to the name in the checkpoint, as {@link NameMapping#readPairs} gives them; a
         *     tensor may be wanted under several names
         * @return this
         */
        public Builder pairs(Map<String, String> pairs) {
            wanted.pairs.putAll(pairs);
            return this;
        }

        /**
         * What a graph wants, under the names that it wants.
         *
         * @param graph its variables are to be restored from the new checkpoint
         * @param from from the graph's names to the checkpoint's
         * @return this
         */
        public Builder fitTo(Graph graph, NameMapping from) {
            wanted.graph = graph;
            wanted.from = from;
            return this;
        }

        /**
         * Fitted to a graph: as much as there is, instead of a refusal if a variable is missing or does not fit.
         *
         * @return this
         */
        public Builder partially() {
            wanted.partial = true;
            return this;
        }

        /**
         * What becomes of names that tensors of several checkpoints would have.
         *
         * @param clash {@link Clash#REFUSE} if nothing is said
         * @return this
         */
        public Builder onClash(Clash clash) {
            wanted.clash = clash;
            return this;
        }

        /**
         * Partitioned tensors as whole ones.
         *
         * @return this
         */
        public Builder whole() {
            wanted.whole = true;
            return this;
        }

        /**
         * All floats of 16, 32 and 64 bits as those of one dtype.
         *
         * @param dtype {@link DataType#DT_FLOAT}, {@link DataType#DT_DOUBLE}, {@link DataType#DT_HALF} or
         *     {@link DataType#DT_BFLOAT16}
         * @return this
         * @throws IllegalArgumentException for another dtype
         */
        public Builder cast(DataType dtype) {
            if (!FloatCast.isFloat(dtype)) {
                throw new IllegalArgumentException("floats are not cast to " + dtype);
            }
            wanted.cast = dtype;
            return this;
        }

        /**
         * Other data files than the sources have; all values are written anew.
         *
         * @param sharding into how many
         * @return this
         */
        public Builder sharding(Sharding sharding) {
            wanted.sharding = sharding;
            return this;
        }

        /**
         * Another byte order than the first source has.
         *
         * @param order of the values
         * @return this
         */
        public Builder order(ByteOrder order) {
            wanted.order = order;
            return this;
        }

        /**
         * Tensors that are written begin at a multiple of so many bytes. Data files that are taken as they are stay so.
         *
         * @param bytes at least 1, which is what TensorFlow does
         * @return this
         * @throws IllegalArgumentException below 1
         */
        public Builder alignment(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("alignment " + bytes);
            }
            wanted.alignment = bytes;
            return this;
        }

        /**
         * How data files that are taken as they are come to the new checkpoint.
         *
         * @param linking {@link Linking#PREFERRED} if nothing is said; {@link Linking#REQUIRED} also takes those of which
         *     something was dropped, whose bytes stay in them then
         * @return this
         */
        public Builder linking(Linking linking) {
            wanted.linking = linking;
            return this;
        }

        /**
         * What is intact of damaged checkpoints, and nothing else: as if they had never had the rest. What that is says
         * {@link org.tfckpt.Salvage}; what is lost says {@link Rewrite#lost()}. Making the plan then reads and checks
         * everything. Data files of a checkpoint that is damaged anywhere are not taken as they are; so the new
         * checkpoint is intact itself. An object graph loses the values that are lost.
         *
         * @return this
         */
        public Builder salvage() {
            salvage = true;
            return this;
        }

        /**
         * Makes the plan. Reads indexes and object graphs, and no values unless it has to {@linkplain #salvage()
         * salvage}.
         *
         * @return the plan
         * @throws IllegalArgumentException if the wishes contradict each other
         * @throws org.tfckpt.restore.RestoreException if a graph does not find all that it wants
         * @throws org.tfckpt.tensor.CheckpointException if two tensors would have one name, or the object graph cannot
         *     be kept in step
         * @throws IOException if an index cannot be read
         */
        public Rewrite build() throws IOException {
            Graph graph = wanted.graph;
            if (graph != null && (wanted.renames || wanted.withoutSlots)) {
                throw new IllegalArgumentException(
                        "a graph says what it wants by what names: rules to rename by and slots have no say in it");
            }
            if (wanted.sharding != null && wanted.linking != Linking.PREFERRED) {
                throw new IllegalArgumentException("data files that are cut anew can neither be linked nor copied");
            }
            if (salvage && wanted.linking == Linking.REQUIRED) {
                throw new IllegalArgumentException(
                        "data files that must be linked would keep what is damaged; what is salvaged is written anew");
            }
            PlannedTensors outcome = new PlannedTensors(wanted);
            if (salvage) {
                SalvageLosses losses = new SalvageLosses(given);
                wanted.losses = losses;
                wanted.inputs = losses.intact();
                losses.notes(!wanted.excludes(ObjectKeys.OBJECT_GRAPH)).forEach(outcome::note);
            }
            if (graph == null) {
                Selection.run(wanted, outcome);
            } else {
                GraphFit.run(wanted, graph, outcome);
            }
            byte[] objects = KeptObjects.run(wanted, outcome);
            return new Rewrite(wanted, outcome, objects);
        }
    }

    /**
     * Begins a plan.
     *
     * @param checkpoints at least one, open
     * @return what takes the rest
     * @throws IllegalArgumentException without a checkpoint
     */
    public static Builder of(List<Checkpoint> checkpoints) {
        if (checkpoints.isEmpty()) {
            throw new IllegalArgumentException("no checkpoint");
        }
        return new Builder(checkpoints);
    }

    /**
     * Begins a plan.
     *
     * @param checkpoint open
     * @return what takes the rest
     */
    public static Builder of(Checkpoint checkpoint) {
        return of(List.of(checkpoint));
    }

    private boolean stays(RewrittenTensor tensor) {
        Checkpoint checkpoint = wanted.inputs.get(tensor.input());
        return wanted.sharding == null
                && checkpoint.canLinkDataFiles()
                && checkpoint.byteOrder() == wanted.targetOrder()
                && (wanted.losses == null || wanted.losses.isSpotless(tensor.input()))
                && !tensor.isCast()
                && tensor.dtype() != DataType.UNKNOWN
                && !(wanted.whole && tensor.source().isPartitioned())
                && !isNewObjects(tensor);
    }

    private boolean isNewObjects(RewrittenTensor tensor) {
        return objects != null && tensor.name().equals(ObjectKeys.OBJECT_GRAPH);
    }

    /**
     * The tensors to come.
     *
     * @return in the order of their new names
     */
    public List<RewrittenTensor> tensors() {
        return tensors;
    }

    /**
     * What a person should know: rules that rename nothing, names that are not there, an object graph that is left out.
     *
     * @return a sentence each
     */
    public List<String> notes() {
        return notes;
    }

    /**
     * What is lost of damaged checkpoints, where they are {@linkplain Builder#salvage() salvaged}; but not what was left
     * out by its name in any case.
     *
     * @return a tensor each, or a block of an index with entries whose names are not known; a tensor may come twice
     */
    public List<Problem> lost() {
        return lost;
    }

    /**
     * What would be done, in numbers.
     *
     * @return the numbers; files that turn out not to be linkable are written, too
     */
    public RewriteSummary summary() {
        long whole = inputs.stream().mapToLong(InputLayout::wholeBytes).sum();
        int files = inputs.stream().mapToInt(input -> input.whole().size()).sum();
        boolean copies = RewriteExecutor.copiesWhole(wanted);
        return summary(new RewriteExecutor.Done(
                copies ? 0 : files, copies ? 0 : whole, writtenBytes() + (copies ? whole : 0)));
    }

    private RewriteSummary summary(RewriteExecutor.Done done) {
        return new RewriteSummary(
                tensors.size(),
                tensors.stream().filter(RewrittenTensor::isRenamed).count(),
                tensors.stream().filter(RewrittenTensor::isCast).count(),
                inputs.stream().mapToLong(InputLayout::droppedTensors).sum(),
                done.linkedFiles(),
                done.linkedBytes(),
                done.writtenBytes(),
                inputs.stream().mapToLong(InputLayout::savedBytes).sum(),
                inputs.stream().mapToLong(InputLayout::unusedBytes).sum());
    }

    private long writtenBytes() {
        long bytes = 0;
        for (InputLayout input : inputs) {
            for (List<RewrittenTensor> copied : input.copied().values()) {
                bytes += copied.stream().mapToLong(this::bytes).sum();
            }
            bytes += input.others().stream().mapToLong(this::bytes).sum();
        }
        return bytes;
    }

    private long bytes(RewrittenTensor tensor) {
        byte[] graph = objects;
        if (graph != null && isNewObjects(tensor)) {
            return graph.length;
        }
        return tensor.isCast()
                ? tensor.source().shape().elements() * tensor.dtype().width()
                : Math.max(0, tensor.source().byteSize());
    }

    /**
     * What would be done, in lines: each tensor, and what becomes of each data file.
     *
     * @param lines takes them
     * @throws IOException if an index cannot be read
     */
    public void describe(Consumer<String> lines) throws IOException {
        PlanText.write(wanted, tensors, inputs, lines);
        lines.accept(summary().toString());
    }

    /**
     * Carries the plan out, where there is no checkpoint yet.
     *
     * @param prefix of the new checkpoint; its directory is made if there is none
     * @return what was done
     * @throws java.nio.file.FileAlreadyExistsException if there is a checkpoint, or a data file of one
     * @throws org.tfckpt.tensor.DataLossException if a tensor that has to be read is damaged; then nothing has changed
     * @throws IOException if something cannot be read or written; then nothing has changed
     */
    public RewriteSummary run(Path prefix) throws IOException {
        return run(prefix, false, RewriteProgress.NONE);
    }

    /**
     * Carries the plan out.
     *
     * @param prefix of the new checkpoint; its directory is made if there is none
     * @param overwrite whether a checkpoint that is there is replaced, be it one of the sources
     * @param progress watches
     * @return what was done
     * @throws IOException as {@link #run(Path)}
     */
    public RewriteSummary run(Path prefix, boolean overwrite, RewriteProgress progress) throws IOException {
        RewriteExecutor.Watch watch =
                new RewriteExecutor.Watch(progress, summary().writtenBytes());
        return summary(RewriteExecutor.run(wanted, inputs, objects, prefix, overwrite, watch));
    }

    /**
     * What would be done, in a line.
     *
     * @return as {@link RewriteSummary#toString()}
     */
    @Override
    public String toString() {
        return summary().toString();
    }
}
