package org.tfckpt.slots;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.TensorInfo;

/**
 * Distinguishes an optimizer's state (momentums, accumulators, moments) from the variables of the model.
 *
 * <p>The object graph of an object-based checkpoint lists its slots. In other checkpoints slots are recognised by their
 * names: {@code dense/kernel/Adam_1} is a slot if the checkpoint has a variable {@code dense/kernel} of the same shape.
 * The numbered variables of Keras' first optimizers ({@code training/Adam/Variable_3}), and scalars such as {@code
 * Adam/lr}, are recognised only next to other hyperparameters of the same optimizer. These slots cannot be recognised,
 * and count as variables: slots of an optimizer with a custom name, and slots whose variable is not in the checkpoint.
 *
 * <p>Tensors are classified on demand; one whose name looks like a slot's costs a few lookups. Thread-safe if the
 * lookup is.
 */
public final class OptimizerSlots {
    private final TensorLookup lookup;
    private final @Nullable ObjectGraph graph;

    private OptimizerSlots(TensorLookup lookup, @Nullable ObjectGraph graph) {
        this.lookup = lookup;
        this.graph = graph;
    }

    /**
     * Creates an instance for an open checkpoint. If the data file of its object graph is missing, slots are recognised
     * by their keys.
     *
     * @param checkpoint the checkpoint, which must stay open while the instance is used; the caller closes it
     * @return the instance
     * @throws IOException if the object graph cannot be read
     */
    public static OptimizerSlots of(Checkpoint checkpoint) throws IOException {
        return of(checkpoint::find, checkpoint.availableObjectGraph());
    }

    /**
     * Creates an instance for a set of tensors.
     *
     * @param lookup finds the tensors by name
     * @param graph the object graph of the checkpoint, if it has one
     * @return the instance
     */
    public static OptimizerSlots of(TensorLookup lookup, Optional<ObjectGraph> graph) {
        return new OptimizerSlots(lookup, graph.orElse(null));
    }

    /**
     * Returns the role of a tensor.
     *
     * @param tensor a tensor of the checkpoint
     * @return its kind, and the variable that it belongs to
     * @throws IOException if looking up another tensor fails
     */
    public TensorRole roleOf(TensorInfo tensor) throws IOException {
        TensorRole role = graph == null ? null : ObjectSlots.inGraph(graph, tensor);
        if (role == null) {
            RelatedTensors related = new RelatedTensors(lookup);
            if (tensor.name().contains(ObjectKeys.ATTRIBUTES)) {
                role = ObjectSlots.byKey(tensor, related);
            } else {
                role = NamedSlots.role(tensor, related);
                role = role == null ? KerasSlots.role(tensor, related) : role;
            }
        }
        return role == null ? TensorRole.VARIABLE : role;
    }

    /**
     * Returns the kind of a tensor.
     *
     * @param tensor a tensor of the checkpoint
     * @return its kind
     * @throws IOException if looking up another tensor fails
     */
    public TensorRole.Kind kindOf(TensorInfo tensor) throws IOException {
        return roleOf(tensor).kind();
    }
}
