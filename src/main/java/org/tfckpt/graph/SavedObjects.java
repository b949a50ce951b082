package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.GraphInput.Range;
import org.tfckpt.proto.SavedObject;
import org.tfckpt.proto.SavedObjectGraph;
import org.tfckpt.proto.SavedVariable;

/** The object graph of a TF2 SavedModel: its variables, and the named edges between objects. */
final class SavedObjects {
    /** An edge from an object to a child. */
    record Edge(int child, String name) {}

    /** A variable in which an optimizer stores state for another variable. */
    record Slot(int optimizer, int original, String name, int variable) {}

    private int count;
    private final Map<Integer, List<Edge>> edges = new HashMap<>();
    private final List<Slot> slots = new ArrayList<>();
    private final List<GraphVariable.Builder> found = new ArrayList<>();
    private final Variables variables;

    private SavedObjects(GraphInput in, List<Range> graphs) throws IOException {
        for (Range graph : graphs) {
            in.walk(graph, field -> {
                if (field == SavedObjectGraph.NODES_FIELD_NUMBER) {
                    add(in.message(SavedObject.parser()));
                } else {
                    in.skip();
                }
            });
        }
        requireNodes(in);
        Set<Integer> slotNodes = new HashSet<>();
        slots.forEach(slot -> slotNodes.add(slot.variable));
        for (GraphVariable.Builder variable : found) {
            variable.optimizerSlot = slotNodes.contains(variable.objectNode);
        }
        this.variables =
                Variables.of(found.stream().map(GraphVariable.Builder::build).toList());
    }

    static @Nullable SavedObjects read(GraphInput in, List<Range> graphs) throws IOException {
        if (graphs.isEmpty()) {
            return null;
        }
        return new SavedObjects(in, graphs);
    }

    int size() {
        return count;
    }

    Variables variables() {
        return variables;
    }

    List<Edge> edgesOf(int node) {
        return edges.getOrDefault(node, List.of());
    }

    List<Slot> slots() {
        return slots;
    }

    private void add(SavedObject object) {
        if (object.getChildrenCount() > 0) {
            edges.put(
                    count,
                    object.getChildrenList().stream()
                            .map(child -> new Edge(child.getNodeId(), Protos.name(child.getLocalName())))
                            .toList());
        }
        object.getSlotVariablesList()
                .forEach(slot -> slots.add(new Slot(
                        count,
                        slot.getOriginalVariableNodeId(),
                        Protos.name(slot.getSlotName()),
                        slot.getSlotVariableNodeId())));
        if (object.hasVariable()) {
            SavedVariable variable = object.getVariable();
            GraphVariable.Builder builder = new GraphVariable.Builder(
                    variable.getName(), "VarHandleOp", variable.getDtypeValue(), Protos.shape(variable.getShape()));
            builder.trainable = variable.getTrainable();
            builder.objectNode = count;
            found.add(builder);
        }
        count++;
    }

    /** Requires every id to be that of an object. */
    private void requireNodes(GraphInput in) throws IOException {
        for (List<Edge> some : edges.values()) {
            for (Edge edge : some) {
                requireNode(in, edge.child);
            }
        }
        for (Slot slot : slots) {
            requireNode(in, slot.original);
            requireNode(in, slot.variable);
        }
    }

    private void requireNode(GraphInput in, int node) throws IOException {
        if (node < 0 || node >= count) {
            throw in.failure("The object graph has " + count + " objects but refers to object " + node, -1);
        }
    }
}
