package org.tfckpt.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.TensorInfo;

/** Reads a checkpoint as a graph: the variables that its tensors belong to. */
final class CheckpointGraph {
    private CheckpointGraph() {}

    static GraphParts read(Checkpoint checkpoint, Path path) throws IOException {
        ObjectGraph graph = checkpoint.availableObjectGraph().orElse(null);
        GraphObjects objects = graph == null ? null : objects(checkpoint, graph);
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

    /** Finds the objects that are variables; other values are not included. */
    private static GraphObjects objects(Checkpoint checkpoint, ObjectGraph graph) throws IOException {
        OptimizerSlots slots = OptimizerSlots.of(checkpoint::find, Optional.of(graph));
        Set<String> known =
                new HashSet<>(Arrays.asList("", graph.saveCounterKey().orElse("")));
        Map<GraphVariable, String> keys = new LinkedHashMap<>();
        for (ObjectNode.Attribute attribute : (Iterable<ObjectNode.Attribute>) graph.attributes()::iterator) {
            if (attribute.name().equals(ObjectKeys.VARIABLE_VALUE) && known.add(attribute.key())) {
                TensorInfo tensor = checkpoint.find(attribute.key()).orElse(null);
                if (tensor != null) {
                    String name = attribute.fullName().isEmpty()
                            ? graph.pathOf(attribute.node()).orElse(attribute.key())
                            : TensorName.nodeOf(attribute.fullName());
                    keys.put(variable(name, attribute.node(), tensor, slots), attribute.key());
                }
            }
        }
        return new GraphObjects(graph, Variables.of(keys.keySet()), keys);
    }

    private static GraphVariable variable(String name, int node, TensorInfo tensor, OptimizerSlots slots)
            throws IOException {
        GraphVariable.Builder builder = GraphVariable.Builder.of(name, tensor);
        builder.objectNode = node;
        builder.optimizerSlot = slots.kindOf(tensor).isOptimizerState();
        return builder.build();
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
                    variables.add(variable(tensor.name(), -1, tensor, slots));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return Variables.of(variables);
    }
}
