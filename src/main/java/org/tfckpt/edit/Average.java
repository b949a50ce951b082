package org.tfckpt.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.values.CheckpointDiff;
import org.tfckpt.values.DiffDepth;
import org.tfckpt.values.Differences;
import org.tfckpt.values.ScanOptions;
import org.tfckpt.values.TensorDifference;

/**
 * Creates the average of several checkpoints of the same model.
 *
 * <p>Floating-point and complex elements are averaged: products of elements and weights are summed in double precision,
 * divided by the sum of the weights, and rounded once. The inputs are read side by side, part by part. Tensors of other
 * dtypes, such as the global step, get the value of the last input. The object graph of an object-based (TF2) checkpoint
 * is that of the last input, without dropped tensors. A NaN in any input remains.
 *
 * <p>The new checkpoint is written as {@link Rewrite} does, and then verified. The caller closes the inputs, after running
 * the average. Immutable; at most one thread may run it at a time.
 */
public final class Average {
    private static final int MAX_LISTED = 10;

    private final Rewrite rewrite;
    private final InputAverage average;
    private final List<String> notes;
    private final Executor executor;
    private final int degree;

    private Average(Rewrite rewrite, InputAverage average, List<String> notes, Executor executor, int degree) {
        this.rewrite = rewrite;
        this.average = average;
        this.notes = List.copyOf(notes);
        this.executor = executor;
        this.degree = degree;
    }

    /** Collects the options of an average. Not thread-safe. */
    public static final class Builder {
        private final List<Checkpoint> inputs;
        private final List<NamePattern> includes = new ArrayList<>();
        private final List<NamePattern> excludes = new ArrayList<>();
        private double[] weights;
        private boolean withSlots;
        private boolean movingAverages;
        private boolean partial;
        private FileFormat format = FileFormat.V2;
        private Executor executor = Runnable::run;
        private int degree = 1;

        private Builder(List<Checkpoint> inputs) {
            this.inputs = List.copyOf(inputs);
            this.weights = new double[inputs.size()];
            Arrays.fill(weights, 1);
        }

        /**
         * Sets the weights of the inputs, which are equal by default.
         *
         * @param newWeights one number for each input: finite, not negative, and not all zero
         * @return this builder
         * @throws IllegalArgumentException if the weights are not as described
         */
        public Builder weights(double... newWeights) {
            if (newWeights.length != inputs.size()) {
                throw new IllegalArgumentException("one weight is needed for each of the " + inputs.size()
                        + " checkpoints, not " + newWeights.length);
            }
            double sum = 0;
            for (double weight : newWeights) {
                if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
                    throw new IllegalArgumentException("a weight must be a number of at least 0, not " + weight);
                }
                sum += weight;
            }
            if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("the sum of the weights must be a positive number, not " + sum);
            }
            weights = newWeights.clone();
            return this;
        }

        /**
         * Keeps only tensors whose names match one of the patterns. Repeated calls add patterns.
         *
         * @param patterns patterns for names
         * @return this builder
         */
        public Builder include(Collection<NamePattern> patterns) {
            includes.addAll(patterns);
            return this;
        }

        /**
         * Drops tensors whose names match one of the patterns. Repeated calls add patterns.
         *
         * @param patterns patterns for names
         * @return this builder
         */
        public Builder exclude(Collection<NamePattern> patterns) {
            excludes.addAll(patterns);
            return this;
        }

        /**
         * Keeps the state of optimizers, which is dropped by default.
         *
         * @return this builder
         */
        public Builder withSlots() {
            withSlots = true;
            return this;
        }

        /**
         * Selects the format of the new file.
         *
         * @param newFormat the format; {@link FileFormat#V2} by default
         * @return this builder
         */
        public Builder format(FileFormat newFormat) {
            format = newFormat;
            return this;
        }

        /**
         * Averages the moving averages of variables instead of their values, as {@link Rewrite.Builder#movingAverages}.
         *
         * @param leaveOut whether averages that fit no variable are only dropped
         * @return this builder
         */
        public Builder movingAverages(boolean leaveOut) {
            movingAverages = true;
            partial = leaveOut;
            return this;
        }

        /**
         * Uses several threads: the calling thread writes while others add. The result does not depend on their number.
         *
         * @param newExecutor runs the tasks that the calling thread does not run itself
         * @param newDegree the maximum number of threads, including the calling one
         * @return this builder
         * @throws IllegalArgumentException if the degree is not positive
         */
        public Builder threads(Executor newExecutor, int newDegree) {
            if (newDegree < 1) {
                throw new IllegalArgumentException("degree must be positive, not " + newDegree);
            }
            executor = newExecutor;
            degree = newDegree;
            return this;
        }

        /**
         * Plans the average: compares the inputs, and reads the values of tensors that are not averaged.
         *
         * @return the average
         * @throws CheckpointException if the inputs have different names, dtypes or shapes among the tensors to keep; the
         *     message names the first ten differences
         * @throws IOException if an input cannot be read
         */
        public Average build() throws IOException {
            Checkpoint last = inputs.get(inputs.size() - 1);
            InputAverage average = new InputAverage(inputs, weights, executor, degree);
            Rewrite.Builder rewrite = Rewrite.of(last)
                    .include(includes)
                    .exclude(excludes)
                    .format(format)
                    .average(average);
            if (!withSlots) {
                rewrite.withoutSlots();
            }
            if (movingAverages) {
                rewrite.movingAverages(partial);
            }
            Rewrite built = rewrite.build();
            List<String> notes = new ArrayList<>(built.notes());
            try {
                requireSame();
                notes.addAll(unequal());
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            return new Average(built, average, notes, executor, degree);
        }

        private Predicate<TensorInfo> selection(Checkpoint checkpoint) throws IOException {
            Specification.Filter filter = new Specification.Filter(includes, excludes);
            OptimizerSlots slots = withSlots ? null : OptimizerSlots.of(checkpoint);
            // With moving averages, these stay, although they may be slots of an optimizer.
            MovingAverages kept = movingAverages ? MovingAverages.of(List.of(checkpoint), true) : null;
            return tensor -> {
                if (tensor.name().equals(ObjectKeys.OBJECT_GRAPH) || !filter.accepts(tensor.name())) {
                    return false;
                }
                if (slots == null || (kept != null && kept.isAverage(0, tensor))) {
                    return true;
                }
                try {
                    return !slots.kindOf(tensor).isOptimizerState();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
        }

        private void requireSame() throws IOException {
            Checkpoint last = inputs.get(inputs.size() - 1);
            List<String> differences = new ArrayList<>();
            for (Checkpoint input : inputs.subList(0, inputs.size() - 1)) {
                Differences found = CheckpointDiff.DEFAULT
                        .with(DiffDepth.INDEX)
                        .selecting(selection(input), selection(last))
                        .compare(input, last);
                found.onlyA().forEach(tensor -> differences.add(only(tensor, input)));
                found.onlyB().forEach(tensor -> differences.add(only(tensor, last)));
                found.shapes()
                        .forEach(pair -> differences.add(
                                named(pair.a()) + " is " + pair.a().shape() + " in '" + input + "' and "
                                        + pair.b().shape() + " in '" + last + "'"));
                found.dtypes()
                        .forEach(pair -> differences.add(named(pair.a()) + " is "
                                + DataType.enumName(pair.a().dtypeNumber()) + " in '" + input + "' and "
                                + DataType.enumName(pair.b().dtypeNumber()) + " in '" + last + "'"));
            }
            if (!differences.isEmpty()) {
                int more = differences.size() - MAX_LISTED;
                throw new CheckpointException(
                        "the checkpoints do not have the same tensors: "
                                + String.join("; ", differences.subList(0, Math.min(MAX_LISTED, differences.size())))
                                + (more > 0 ? "; … and " + more + " more" : ""),
                        ErrorContext.hint("--include and --exclude select the tensors"));
            }
        }

        private static String named(TensorInfo tensor) {
            return "'" + TensorNames.printable(tensor.name()) + "'";
        }

        private static String only(TensorInfo tensor, Checkpoint checkpoint) {
            return named(tensor) + " is only in '" + checkpoint + "'";
        }

        /** Returns a note for each tensor that is not averaged and not equal in all inputs. */
        private List<String> unequal() throws IOException {
            Checkpoint last = inputs.get(inputs.size() - 1);
            Predicate<TensorInfo> others = tensor -> !InputAverage.isAveraged(tensor.dtype());
            Set<String> names = new LinkedHashSet<>();
            for (Checkpoint input : inputs.subList(0, inputs.size() - 1)) {
                CheckpointDiff.DEFAULT
                        .with(ScanOptions.DEFAULT.withThreads(executor, degree))
                        .selecting(selection(input).and(others), tensor -> false)
                        .compare(input, last)
                        .values()
                        .stream()
                        .map(TensorDifference::a)
                        .forEach(tensor -> names.add(named(tensor)));
            }
            return names.stream()
                    .map(name -> name + " is not averaged and differs; the value of '" + last + "' is kept")
                    .toList();
        }
    }

    /**
     * Starts an average.
     *
     * @param checkpoints open checkpoints, at least one; the last one supplies what is not averaged
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
     * Returns the tensors of the new checkpoint.
     *
     * @return the tensors, in the order of their names, with those of the last input as their sources
     */
    public List<RewrittenTensor> tensors() {
        return rewrite.tensors();
    }

    /**
     * Returns warnings, such as tensors that are not averaged and differ.
     *
     * @return one sentence per warning
     */
    public List<String> notes() {
        return notes;
    }

    /**
     * Writes the new checkpoint and verifies it.
     *
     * @param prefix the prefix of the new checkpoint; its directory is created if it does not exist
     * @param overwrite whether to replace an existing checkpoint, which may be one of the inputs
     * @param progress receives the progress
     * @param warnings receives one sentence for each tensor of each input that has a NaN
     * @return the result in numbers
     * @throws org.tfckpt.tensor.DataLossException if an input, or the new checkpoint as it is read back, is damaged
     * @throws IOException if reading or writing fails
     */
    public RewriteSummary run(Path prefix, boolean overwrite, RewriteProgress progress, Consumer<String> warnings)
            throws IOException {
        RewriteSummary summary = rewrite.run(prefix, overwrite, progress);
        average.warnings().forEach(warnings);
        try (Checkpoint written = Checkpoint.open(prefix)) {
            List<String> problems = new ArrayList<>();
            written.verify(problem -> problems.add(problem.message()), executor, degree);
            if (!problems.isEmpty()) {
                throw new CheckpointException(
                        "'" + prefix + "' is damaged after it was written: " + problems.get(0), ErrorContext.NONE);
            }
        }
        return summary;
    }
}
