package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorNames;

/** The tensors of the new checkpoint, and the plan for the data files of each input. */
final class RewritePlan {
    private final Specification spec;
    private final List<RewrittenTensor> tensors;
    private final List<String> notes;
    private final byte @Nullable [] objectGraph;
    private final List<DataFilePlan> inputs = new ArrayList<>();

    /** Creates a plan. The new value of the object graph is null if it is copied or dropped. */
    RewritePlan(
            Specification spec, Collection<RewrittenTensor> planned, List<String> notes, byte @Nullable [] objectGraph)
            throws IOException {
        this.spec = spec;
        this.objectGraph = objectGraph;
        this.tensors = planned.stream()
                .sorted(Comparator.comparing(RewrittenTensor::name, TensorNames.ORDER))
                .toList();
        this.notes = List.copyOf(notes);
        List<Checkpoint> sources = spec.sources();
        for (int input = 0; input < sources.size(); input++) {
            int number = input;
            inputs.add(new DataFilePlan(
                    sources.get(input),
                    tensors.stream().filter(tensor -> tensor.input() == number).toList(),
                    this::isUnchanged,
                    spec.form().linking()));
        }
    }

    Specification spec() {
        return spec;
    }

    List<RewrittenTensor> tensors() {
        return tensors;
    }

    List<String> notes() {
        return notes;
    }

    /** Returns the plans for the data files of all {@linkplain Specification#sources() sources}. */
    List<DataFilePlan> inputs() {
        return inputs;
    }

    /** Returns the new value of the object graph; null for all other tensors. */
    byte @Nullable [] newObjectGraph(RewrittenTensor tensor) {
        return tensor.name().equals(ObjectKeys.OBJECT_GRAPH) ? objectGraph : null;
    }

    /** Returns whether the bytes and slices of a tensor are the same in the new checkpoint. */
    private boolean isUnchanged(RewrittenTensor tensor) {
        Specification.Form form = spec.form();
        SalvageLosses losses = spec.losses();
        Checkpoint checkpoint = spec.sources().get(tensor.input());
        return form.writer() == null
                && form.sharding() == null
                && checkpoint.canLinkDataFiles()
                && checkpoint.byteOrder() == form.order()
                && (losses == null || tensor.input() >= spec.inputs().size() || losses.isSpotless(tensor.input()))
                && !tensor.isCast()
                && !tensor.isResized()
                && !spec.isAveraged(tensor)
                && !tensor.isTransposed()
                && tensor.dtype() != DataType.UNKNOWN
                && !(form.joinSlices() && tensor.source().isPartitioned())
                && newObjectGraph(tensor) == null;
    }

    /** Returns the expected result, if all files that may be linked can be linked. */
    RewriteSummary summary() {
        long bytes = inputs.stream().mapToLong(DataFilePlan::linkedBytes).sum();
        int files = inputs.stream().mapToInt(input -> input.linked().size()).sum();
        boolean copy = spec.form().linking() == Linking.NEVER;
        return summary(
                new RewriteSummary.Output(copy ? 0 : files, copy ? 0 : bytes, writtenBytes() + (copy ? bytes : 0)));
    }

    RewriteSummary summary(RewriteSummary.Output output) {
        return new RewriteSummary(tensors, inputs, spec.inputs().size(), output);
    }

    private long writtenBytes() {
        long bytes = 0;
        for (DataFilePlan input : inputs) {
            for (List<RewrittenTensor> written : input.written().values()) {
                bytes += written.stream().mapToLong(this::bytes).sum();
            }
            bytes += input.duplicates().stream().mapToLong(this::bytes).sum();
        }
        return bytes;
    }

    private long bytes(RewrittenTensor tensor) {
        byte[] graph = newObjectGraph(tensor);
        if (graph != null) {
            return graph.length;
        }
        boolean isChanged = tensor.isCast() || tensor.isResized();
        return isChanged && tensor.dtype().isFixedWidth()
                ? tensor.shape().elements() * tensor.dtype().width()
                : Math.max(0, tensor.source().byteSize());
    }
}
