package org.tfckpt.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.TensorInfo;

/** Reads a checkpoint as a graph: the variables that its tensors belong to. */
final class CheckpointGraph {
    private CheckpointGraph() {}

    static GraphParts read(Checkpoint checkpoint, Path path) throws IOException {
        ObjectGraph graph = checkpoint.availableObjectGraph().orElse(null);
        GraphObjects objects = graph == null ? null : new CheckpointObjects(checkpoint, graph);
        return new GraphParts(
                path,
                GraphKind.CHECKPOINT,
                GraphParts.Info.NONE,
                objects == null ? byName(checkpoint) : objects.variables(),
                List.of(),
                objects,
                false,
                false,
                List.of());
    }

    /** Names the variables as the tensors; of an object-based checkpoint without its data file, these are the keys. */
    private static Variables byName(Checkpoint checkpoint) throws IOException {
        boolean hasObjects = checkpoint.find(ObjectKeys.OBJECT_GRAPH).isPresent();
        OptimizerSlots slots = OptimizerSlots.of(checkpoint::find, Optional.empty());
        List<GraphVariable> variables = new ArrayList<>();
        try {
            Iterator<TensorInfo> tensors = checkpoint.tensorIterator();
            while (tensors.hasNext()) {
                TensorInfo tensor = tensors.next();
                if (!hasObjects
                        || !List.of(ObjectKeys.OBJECT_GRAPH, ObjectKeys.SAVE_COUNTER)
                                .contains(tensor.name())) {
                    GraphVariable.Builder builder = GraphVariable.Builder.of(tensor.name(), tensor);
                    builder.optimizerSlot = slots.kindOf(tensor).isOptimizerState();
                    variables.add(builder.build());
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return Variables.of(variables);
    }
}
