package org.tfckpt.slots;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;

/**
 * Tells what an optimizer keeps beside a model (momentums, accumulators, moments) from the model's own variables.
 *
 * <p>An object-based checkpoint says itself what its slots are. Elsewhere names tell: {@code dense/kernel/Adam_1} is a
 * slot if the checkpoint has a variable {@code dense/kernel} of the same shape; a name that only looks like a slot's
 * stays a variable. What names do not give away is taken for a variable, too: the numbered variables of Keras' first
 * optimizers ({@code training/Adam/Variable_3}), slots whose optimizer was given a name of its own, and slots whose
 * variable is not in the checkpoint.
 *
 * <p>Nothing is listed beforehand; a tensor whose name looks like a slot's costs a few look-ups. Immutable.
 */
public final class OptimizerSlots {
    private final TensorLookup lookup;
    private final @Nullable ObjectGraph graph;

    private OptimizerSlots(TensorLookup lookup, @Nullable ObjectGraph graph) {
        this.lookup = lookup;
        this.graph = graph;
    }

    /**
     * For an open checkpoint. Where the data file of its object graph is missing, the keys alone tell.
     *
     * @param checkpoint stays the caller's to close, after the last question
     * @return what answers for its tensors
     * @throws IOException if the object graph cannot be read
     */
    public static OptimizerSlots of(Checkpoint checkpoint) throws IOException {
        Optional<ObjectGraph> graph;
        try {
            graph = checkpoint.objectGraph();
        } catch (DataLossException e) {
            if (e.kind() != ProblemKind.MISSING_FILE) {
                throw e;
            }
            graph = Optional.empty();
        }
        return of(checkpoint::find, graph);
    }

    /**
     * For a set of tensors.
     *
     * @param lookup finds them
     * @param graph the object graph of their checkpoint, if it has one
     * @return what answers for these tensors
     */
    public static OptimizerSlots of(TensorLookup lookup, Optional<ObjectGraph> graph) {
        return new OptimizerSlots(lookup, graph.orElse(null));
    }

    /**
     * What a tensor is for.
     *
     * @param tensor one of the checkpoint's
     * @return its kind, and the variable that it belongs to
     * @throws IOException if another tensor had to be looked up, and could not
     */
    public TensorRole roleOf(TensorInfo tensor) throws IOException {
        TensorRole role = graph == null ? null : ObjectSlots.inGraph(graph, tensor);
        if (role == null) {
            Neighbours neighbours = new Neighbours(lookup);
            if (tensor.name().contains(ObjectKeys.ATTRIBUTES)) {
                role = ObjectSlots.byKey(tensor, neighbours);
            } else {
                role = NamedSlots.role(tensor, neighbours);
                role = role == null ? KerasSlots.role(tensor, neighbours) : role;
            }
        }
        return role == null ? TensorRole.VARIABLE : role;
    }

    /**
     * What a tensor is for.
     *
     * @param tensor one of the checkpoint's
     * @return its kind
     * @throws IOException if another tensor had to be looked up, and could not
     */
    public TensorRole.Kind kindOf(TensorInfo tensor) throws IOException {
        return roleOf(tensor).kind();
    }
}
