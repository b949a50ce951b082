package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.Tensor;
import org.tfckpt.TensorView;
import org.tfckpt.format.FormatWriter;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;

/**
 * The requested rewrite.
 *
 * @param inputs the checkpoints; when salvaging, their intact parts
 * @param losses the losses, or null if nothing is salvaged
 * @param filter the tensors to keep, by name
 * @param withoutSlots whether to drop optimizer slots
 * @param axes the rules for the order of axes
 * @param pairs the names that single tensors come from, by new name
 * @param rename the rules for new names, or null
 * @param fullNames whether to name tensors by the full names of their variables
 * @param fit the graph to fit to, or null
 * @param averages the moving averages that replace the values of their variables, or null
 * @param inputAverage the checkpoints whose average replaces the values of floats, or null
 * @param clash the policy for equal names
 * @param form how the tensors are stored
 */
record Specification(
        List<Checkpoint> inputs,
        @Nullable SalvageLosses losses,
        Filter filter,
        boolean withoutSlots,
        List<Axes> axes,
        Map<String, String> pairs,
        @Nullable NameMapping rename,
        boolean fullNames,
        @Nullable GraphFit fit,
        @Nullable MovingAverages averages,
        @Nullable InputAverage inputAverage,
        ClashPolicy clash,
        Form form) {

    /** The tensors to keep, by the patterns that their names match. */
    record Filter(List<NamePattern> includes, List<NamePattern> excludes) {
        boolean accepts(String name) {
            return includes(name) && !excludes(name);
        }

        boolean includes(String name) {
            return includes.isEmpty() || matches(includes, name);
        }

        boolean excludes(String name) {
            return matches(excludes, name);
        }

        private static boolean matches(List<NamePattern> patterns, String name) {
            for (NamePattern pattern : patterns) {
                if (pattern.test(name)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * How the tensors are stored; sharding is null to keep the data files of the inputs, the writer is null for a
     * checkpoint, and {@code strict} refuses what the format of the writer cannot hold.
     */
    record Form(
            @Nullable FormatWriter writer,
            boolean strict,
            boolean joinSlices,
            @Nullable DataType cast,
            @Nullable Sharding sharding,
            ByteOrder order,
            int alignment,
            Linking linking) {}

    /** Returns whether the values of a tensor are the averages of several checkpoints. */
    boolean isAveraged(RewrittenTensor tensor) {
        return inputAverage != null && InputAverage.isAveraged(tensor.source().dtype());
    }

    /** Returns all checkpoints that tensors come from: the inputs, then those that the fit adds. */
    List<Checkpoint> sources() {
        if (fit == null) {
            return inputs;
        }
        List<Checkpoint> sources = new ArrayList<>(inputs);
        sources.addAll(fit.others());
        return sources;
    }

    /**
     * Returns the tensor that a planned tensor comes from, with its axes in the new order. Reading it compares its checksum,
     * even if it is disabled for the checkpoint: damaged values must not get a new, valid one.
     */
    Tensor source(RewrittenTensor planned) throws IOException {
        Checkpoint checkpoint = sources().get(planned.input());
        if (planned.isTransposed()) {
            checkpoint = checkpoint.view(List.of(new TensorView(planned.name(), planned.source(), planned.axes())));
        }
        return checked(
                checkpoint,
                planned.isTransposed() ? checkpoint.tensor(planned.name()) : checkpoint.tensor(planned.source()));
    }

    /** Returns the tensor with the values outside of the overlap of a resized tensor; null if these are zeros. */
    @Nullable
    Tensor rest(RewrittenTensor planned) throws IOException {
        if (planned.rest().isEmpty()) {
            return null;
        }
        Checkpoint checkpoint = sources().get(fillIndex());
        return checked(checkpoint, checkpoint.tensor(planned.rest().get()));
    }

    private static Tensor checked(Checkpoint checkpoint, Tensor tensor) throws IOException {
        if (!checkpoint.options().checksums()) {
            tensor.check();
        }
        return tensor;
    }

    /** Returns the index of the checkpoint to fill from among the sources. */
    int fillIndex() {
        return inputs.size();
    }

    /** Returns the index of the template among the sources. */
    int templateIndex() {
        return sources().size() - 1;
    }

    /** Returns the save counter of an object-based input. */
    Optional<TensorInfo> saveCounter(int input) throws IOException {
        Checkpoint checkpoint = inputs.get(input);
        Optional<String> key = checkpoint.objectGraph().flatMap(ObjectGraph::saveCounterKey);
        return key.isPresent() ? checkpoint.find(key.get()) : Optional.empty();
    }

    /** Returns the dtype that a tensor of a dtype gets. */
    DataType newDtype(DataType dtype) {
        return form.cast != null && FloatCast.isFloat(dtype) ? form.cast : dtype;
    }

    /** Returns a request with the same options for views of the inputs, to which axes and averages have been applied. */
    Specification of(List<Checkpoint> views) {
        return new Specification(
                views,
                losses,
                filter,
                withoutSlots,
                List.of(),
                pairs,
                rename,
                fullNames,
                fit,
                null,
                inputAverage,
                clash,
                form);
    }

    /** Returns the losses among requested tensors. A graph may request any tensor, so then every loss counts. */
    List<Problem> lost() {
        return losses == null
                ? List.of()
                : losses.problems()
                        .filter(problem -> fit != null || isRequested(problem.tensor()))
                        .toList();
    }

    private boolean isRequested(@Nullable String tensor) {
        return tensor == null
                || (tensor.equals(ObjectKeys.OBJECT_GRAPH) ? !filter.excludes(tensor) : filter.accepts(tensor));
    }
}
