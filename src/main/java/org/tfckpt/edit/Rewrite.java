package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.format.FormatWriter;
import org.tfckpt.graph.Graph;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Problem;

/**
 * Creates a new checkpoint from the tensors of others. A rewrite is planned first and then run, so that the plan can be
 * inspected before anything is written.
 *
 * <pre>{@code
 * try (Checkpoint log = Checkpoint.open(Path.of("log/model.ckpt-122543"))) {
 *   Rewrite.of(log).withoutSlots().rename(NameMapping.sed("s#^input/#init/#")).build()
 *       .run(Path.of("init/model.ckpt"));
 * }
 * }</pre>
 *
 * <p><b>Data files.</b> A data file whose tensors are all kept unchanged is hard-linked into the new checkpoint, or
 * copied if it cannot be linked; checksums are carried over. From other data files the tensors to keep are copied in
 * the order of the file and compared with their checksums, so that dropped tensors take no space. A tensor with two new
 * names is stored twice. A partitioned tensor keeps its slices.
 *
 * <p><b>Object graph.</b> The object graph of an object-based (TF2) checkpoint is updated: keys of renamed tensors are
 * replaced, values of dropped tensors are removed, as are slots of optimizers whose slot variables are dropped. It is
 * kept even if no included name matches it, and is never renamed. It is dropped if its name is excluded, or if a graph
 * restores its variables by name. If it cannot be updated, {@link Builder#build} throws.
 *
 * <p><b>Casts</b> round to the nearest value, ties to even. Values that are too large become infinite; NaN stays NaN.
 *
 * <p>The new checkpoint replaces an old one atomically, as {@link org.tfckpt.CheckpointWriter} describes; it may
 * replace one of the sources. State files and {@code .meta} files are not changed. The caller closes the source
 * checkpoints, after running the rewrite. Immutable; at most one thread may run it at a time.
 */
public final class Rewrite {
    private final RewritePlan plan;
    private final List<Problem> lost;

    private Rewrite(RewritePlan plan) {
        this.plan = plan;
        this.lost = plan.spec().lost();
    }

    /** Collects the options of a rewrite. Not thread-safe. */
    public static final class Builder {
        private final RewriteRequest request;

        private Builder(List<Checkpoint> inputs) {
            this.request = new RewriteRequest(inputs);
        }

        /**
         * Keeps only tensors whose names match one of the patterns; with {@link #fitTo}, only variables of the graph.
         * All tensors are kept by default. Repeated calls add patterns.
         *
         * @param patterns patterns for names in the checkpoints, or, with {@link #fitTo}, for names in the graph
         * @return this builder
         */
        public Builder include(Collection<NamePattern> patterns) {
            request.includes.addAll(patterns);
            return this;
        }

        /**
         * Drops tensors whose names match one of the patterns; with {@link #fitTo}, variables of the graph. Takes
         * precedence over {@link #include}. Repeated calls add patterns.
         *
         * @param patterns patterns for names in the checkpoints, or, with {@link #fitTo}, for names in the graph
         * @return this builder
         */
        public Builder exclude(Collection<NamePattern> patterns) {
            request.excludes.addAll(patterns);
            return this;
        }

        /**
         * Drops the slot variables and hyperparameters of optimizers. Moving averages are kept.
         *
         * @return this builder
         */
        public Builder withoutSlots() {
            request.withoutSlots = true;
            return this;
        }

        /**
         * Replaces the value of each variable X by its moving average {@code X/ExponentialMovingAverage} or, in an
         * object-based checkpoint, by the slot {@code average} of its optimizer, or its element of the list of averages
         * of a Keras optimizer, if it has one, and drops the averages.
         *
         * @param partial whether averages without a variable, or of another dtype or shape, are only dropped; otherwise
         *     {@link #build} throws and names them
         * @return this builder
         */
        public Builder movingAverages(boolean partial) {
            request.movingAverages = true;
            request.partialAverages = partial;
            return this;
        }

        /**
         * Renames tensors by rules, which are applied after those of earlier calls.
         *
         * @param rules rules from names in the checkpoints to new names
         * @return this builder
         */
        public Builder rename(NameMapping rules) {
            request.renames = true;
            request.rename(rules);
            return this;
        }

        /**
         * Renames single tensors. Rules are not applied to them. With {@link #fitTo}, the new names are names of
         * variables.
         *
         * @param sources names in the checkpoints by new name, for example from {@link NameMapping#readPairs}; a tensor
         *     may have several new names
         * @return this builder
         */
        public Builder mapNames(Map<String, String> sources) {
            request.pairs.putAll(sources);
            return this;
        }

        /**
         * Names the tensors of object-based (TF2) checkpoints by the full names of their variables, as a name-based saver
         * does, and drops their object graphs and save counters. Slots get the names that the object graph states. A
         * variable without a full name is named by its path; values that are not variables and have no name are dropped.
         * Patterns of {@link #include} and {@link #exclude} match keys or full names, and {@link #rename} is applied to
         * full names.
         *
         * @return this builder
         */
        public Builder fullNames() {
            request.fullNames = true;
            return this;
        }

        /**
         * Keeps only the variables of a graph, under the names by which the graph restores them.
         *
         * @param target the graph
         * @param rules rules from names in the graph to names in the checkpoints
         * @return this builder
         */
        public Builder fitTo(Graph target, NameMapping rules) {
            return fitTo(GraphFit.to(target).from(rules));
        }

        /**
         * Keeps only the variables of a graph or of another checkpoint, under the names by which it restores them.
         *
         * @param target the variables, and where they come from
         * @return this builder
         */
        public Builder fitTo(GraphFit target) {
            request.fit = target;
            return this;
        }

        /**
         * Selects the tensor to use if tensors of several checkpoints would have the same name.
         *
         * @param policy the policy; {@link ClashPolicy#REFUSE} by default
         * @return this builder
         */
        public Builder onClash(ClashPolicy policy) {
            request.clash = policy;
            return this;
        }

        /**
         * Stores partitioned tensors as ordinary ones.
         *
         * @return this builder
         */
        public Builder joinSlices() {
            request.joinSlices = true;
            return this;
        }

        /**
         * Casts all 16-, 32- and 64-bit floats to one dtype.
         *
         * @param dtype {@link DataType#DT_FLOAT}, {@link DataType#DT_DOUBLE}, {@link DataType#DT_HALF},
         *     {@link DataType#DT_BFLOAT16} or a dtype of 8-bit floats
         * @return this builder
         * @throws IllegalArgumentException for any other dtype
         */
        public Builder cast(DataType dtype) {
            if (!FloatCast.isTarget(dtype)) {
                throw new IllegalArgumentException("floats cannot be cast to " + dtype);
            }
            request.cast = dtype;
            return this;
        }

        /**
         * Distributes the values over new data files, so that no data file is linked. By default there is one data file
         * for each data file of the sources.
         *
         * @param newSharding the number or size of the data files
         * @return this builder
         */
        public Builder sharding(Sharding newSharding) {
            request.sharding = newSharding;
            return this;
        }

        /**
         * Sets the byte order of the values.
         *
         * @param newOrder the byte order; by default that of the first source
         * @return this builder
         */
        public Builder order(ByteOrder newOrder) {
            request.order = newOrder;
            return this;
        }

        /**
         * Sets the alignment of tensors that are written. Linked data files do not change.
         *
         * @param bytes the alignment in bytes; 1 by default, as in TensorFlow
         * @return this builder
         * @throws IllegalArgumentException if the alignment is less than 1
         */
        public Builder alignment(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("the alignment must be at least 1 byte, not " + bytes);
            }
            request.alignment = bytes;
            return this;
        }

        /**
         * Selects whether unchanged data files are linked or copied.
         *
         * @param policy {@link Linking#PREFERRED} by default. {@link Linking#REQUIRED} also links data files with
         *     dropped tensors, whose bytes then remain in them
         * @return this builder
         */
        public Builder linking(Linking policy) {
            request.linking = policy;
            return this;
        }

        /**
         * Selects the format of the new file. Other formats than {@link FileFormat#V2} have no data files to link, no
         * slices and no object graph. Tensors that the format cannot hold are left out, with a note; NumPy has no bfloat16
         * and float8, which are widened to float32.
         *
         * @param newFormat the format; {@link FileFormat#V2} by default
         * @return this builder
         */
        public Builder format(FileFormat newFormat) {
            request.format = newFormat;
            return this;
        }

        /**
         * Refuses to leave out tensors that the format cannot hold: {@link #build} then throws an exception.
         *
         * @return this builder
         */
        public Builder strict() {
            request.strict = true;
            return this;
        }

        /**
         * Changes the order of the axes of tensors, for example that of a kernel of TensorFlow into that of a weight of
         * PyTorch. Tensors whose shapes do not have these axes are not changed. Of several calls that apply to a tensor, the
         * last one counts.
         *
         * @param pattern the tensors, by their old or new names
         * @param axes for each axis of the new tensor, its axis in the source; none to swap the last two axes. Axes of
         *     size 1 may be missing, and are dropped
         * @return this builder
         * @throws IllegalArgumentException if {@code axes} has an axis twice
         */
        public Builder transpose(NamePattern pattern, int... axes) {
            List<Integer> order = Arrays.stream(axes).boxed().toList();
            request.recipe = request.recipe.transpose(new Axes(pattern, order));
            return this;
        }

        /**
         * Changes the order of the axes of tensors by a rule of a {@link Recipe}.
         *
         * @param rule {@code GLOB} to swap the last two axes, or {@code GLOB=AXES}, for example {@code **}{@code
         *     /kernel=3,2,0,1}
         * @return this builder
         * @throws IllegalArgumentException if the rule does not have this form
         */
        public Builder transpose(String rule) {
            request.recipe = request.recipe.transpose(rule);
            return this;
        }

        /**
         * Applies the rules of a recipe. With {@link #fitTo}, a recipe and {@link #transpose} are applied first: the graph
         * selects from the new names and shapes.
         *
         * @param recipe the recipe
         * @return this builder
         */
        public Builder recipe(Recipe recipe) {
            request.recipe = request.recipe.then(recipe);
            request.rename(recipe.rename());
            return this;
        }

        /**
         * Sets the metadata of safetensors files.
         *
         * @param entries all entries; by default {@code format} is {@code pt}, which Hugging Face's loaders require
         * @return this builder
         */
        public Builder metadata(Map<String, String> entries) {
            request.metadata.clear();
            request.metadata.putAll(entries);
            return this;
        }

        /**
         * Keeps only the intact tensors of damaged checkpoints, see {@link org.tfckpt.Salvage}. {@link Rewrite#lost}
         * returns the losses. {@link #build} then reads and checks all values. Data files of a checkpoint with any
         * damage are not linked, so that the new checkpoint is intact. Lost values are removed from the object graph.
         *
         * @return this builder
         */
        public Builder salvage() {
            request.salvage = true;
            return this;
        }

        /** Replaces the values of floats by averages. */
        Builder average(InputAverage average) {
            request.inputAverage = average;
            return this;
        }

        /**
         * Plans the rewrite. Reads indexes and object graphs, but no values unless {@link #salvage} was called.
         *
         * @return the rewrite
         * @throws IllegalArgumentException if options contradict each other
         * @throws org.tfckpt.restore.RestoreException if variables of a graph are missing or do not fit
         * @throws org.tfckpt.tensor.CheckpointException if two tensors would have the same name, or the object graph
         *     cannot be updated
         * @throws IOException if an index cannot be read
         */
        public Rewrite build() throws IOException {
            return new Rewrite(request.plan());
        }
    }

    /**
     * Starts a rewrite of several checkpoints, which are merged.
     *
     * @param checkpoints open checkpoints, at least one
     * @return a builder
     * @throws IllegalArgumentException if there is no checkpoint
     */
    public static Builder of(List<Checkpoint> checkpoints) {
        if (checkpoints.isEmpty()) {
            throw new IllegalArgumentException("at least one checkpoint is required");
        }
        return new Builder(checkpoints);
    }

    /**
     * Starts a rewrite of one checkpoint.
     *
     * @param checkpoint an open checkpoint
     * @return a builder
     */
    public static Builder of(Checkpoint checkpoint) {
        return of(List.of(checkpoint));
    }

    /** {@return the tensors of the new checkpoint, in the order of their new names} */
    public List<RewrittenTensor> tensors() {
        return plan.tensors();
    }

    /**
     * {@return warnings, one sentence each: rules that rename nothing, names that do not exist, an object graph that is
     * dropped}
     */
    public List<String> notes() {
        return plan.notes();
    }

    /**
     * {@return the losses when {@linkplain Builder#salvage() salvaging}, except tensors that would be dropped anyway:
     * lost tensors, and blocks of an index whose tensors are unknown} A tensor may occur twice.
     */
    public List<Problem> lost() {
        return lost;
    }

    /** {@return the expected result in numbers} Files that turn out not to be linkable are written instead. */
    public RewriteSummary summary() {
        return plan.summary();
    }

    /**
     * Describes the plan: one line for each tensor and each data file, then the summary.
     *
     * @param lines receives the lines
     * @throws IOException if an index cannot be read
     */
    public void describe(Consumer<String> lines) throws IOException {
        PlanText.write(plan, lines);
        lines.accept(summary().toString());
    }

    /**
     * Writes the new checkpoint. Does not overwrite an existing one.
     *
     * @param prefix the prefix of the new checkpoint, or the path of the file of another format; its directory is created
     *     if it does not exist
     * @return the result in numbers
     * @throws java.nio.file.FileAlreadyExistsException if a checkpoint, or a data file of one, exists there
     * @throws org.tfckpt.tensor.DataLossException if a tensor that has to be read is damaged; nothing is changed then
     * @throws IOException if reading or writing fails; nothing is changed then
     */
    public RewriteSummary run(Path prefix) throws IOException {
        return run(prefix, false, RewriteProgress.NONE);
    }

    /**
     * Writes the new checkpoint.
     *
     * @param prefix the prefix of the new checkpoint; its directory is created if it does not exist
     * @param overwrite whether to replace an existing checkpoint, which may be one of the sources
     * @param progress receives the progress
     * @return the result in numbers
     * @throws IOException as {@link #run(Path)}
     */
    public RewriteSummary run(Path prefix, boolean overwrite, RewriteProgress progress) throws IOException {
        return plan.summary(RewriteExecutor.run(plan, prefix, overwrite, progress));
    }

    /**
     * Writes a safetensors file from its start to its end, for places that are not local: a bucket, a distributed file
     * system. The caller makes sure that an incomplete file is not taken for a complete one.
     *
     * @param target receives the bytes; it is closed at the end, but not if this method throws
     * @return the result in numbers
     * @throws UnsupportedOperationException if the format is not {@link FileFormat#SAFETENSORS}, or several files are
     *     requested
     * @throws org.tfckpt.tensor.DataLossException if a tensor is damaged
     * @throws IOException if reading or writing fails
     */
    public RewriteSummary run(WritableByteChannel target) throws IOException {
        FormatWriter writer = plan.spec().form().writer();
        if (writer == null) {
            throw new UnsupportedOperationException("a checkpoint cannot be written to a channel");
        }
        return plan.summary(Export.run(plan, writer, target));
    }

    /** {@return the expected result as a sentence, as {@link RewriteSummary#toString()}} */
    @Override
    public String toString() {
        return summary().toString();
    }
}
