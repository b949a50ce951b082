package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.TensorInfo;

/** The objects of an object-based checkpoint as those of a graph. Values that are not variables are not included. */
final class CheckpointObjects implements GraphObjects {
    private final ObjectGraph graph;
    private final Map<GraphVariable, String> keys = new LinkedHashMap<>();
    private final Variables variables;

    CheckpointObjects(Checkpoint checkpoint, ObjectGraph graph) throws IOException {
        this.graph = graph;
        OptimizerSlots slots = OptimizerSlots.of(checkpoint::find, Optional.of(graph));
        Set<String> known =
                new HashSet<>(Arrays.asList("", graph.saveCounterKey().orElse("")));
        for (ObjectNode.Attribute attribute : (Iterable<ObjectNode.Attribute>) graph.attributes()::iterator) {
            if (attribute.name().equals(ObjectKeys.VARIABLE_VALUE) && known.add(attribute.key())) {
                TensorInfo tensor = checkpoint.find(attribute.key()).orElse(null);
                if (tensor != null) {
                    keys.put(variable(attribute, tensor, slots), attribute.key());
                }
            }
        }
        variables = Variables.of(keys.keySet());
    }

    private GraphVariable variable(ObjectNode.Attribute attribute, TensorInfo tensor, OptimizerSlots slots)
            throws IOException {
        String name = attribute.fullName().isEmpty()
                ? graph.pathOf(attribute.node()).orElse(attribute.key())
                : TensorName.nodeOf(attribute.fullName());
        GraphVariable.Builder builder = GraphVariable.Builder.of(name, tensor);
        builder.objectNode = attribute.node();
        builder.optimizerSlot = slots.kindOf(tensor).isOptimizerState();
        return builder.build();
    }

    @Override
    public int size() {
        return graph.size();
    }

    @Override
    public Variables variables() {
        return variables;
    }

    @Override
    public List<Edge> edgesOf(int object) {
        return graph.node(object).children().stream()
                .map(child -> new Edge(child.node(), child.name()))
                .toList();
    }

    @Override
    public List<Slot> slots() {
        List<Slot> slots = new ArrayList<>();
        IntStream.range(0, graph.size())
                .filter(graph::isOptimizer)
                .forEach(optimizer -> graph.node(optimizer)
                        .slots()
                        .forEach(slot -> slots.add(new Slot(optimizer, slot.variable(), slot.name(), slot.node()))));
        return slots;
    }

    @Override
    public Optional<String> pathOf(GraphVariable variable) {
        return graph.pathOf(variable.objectNode().orElseThrow());
    }

    @Override
    public Optional<String> keyOf(GraphVariable variable) {
        return Optional.ofNullable(keys.get(variable));
    }
}
