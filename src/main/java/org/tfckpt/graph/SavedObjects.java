package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.GraphInput.Range;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.proto.SavedObject;
import org.tfckpt.proto.SavedObjectGraph;
import org.tfckpt.proto.SavedVariable;

/** The object graph of a TF2 SavedModel: its variables, and the named edges between objects. */
final class SavedObjects implements GraphObjects {
    private int count;
    private final Map<Integer, List<Edge>> edges = new HashMap<>();
    private final List<Slot> slots = new ArrayList<>();
    private final List<GraphVariable.Builder> found = new ArrayList<>();
    private final Variables variables;
    private final SavedPaths paths;

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
        slots.forEach(slot -> slotNodes.add(slot.variable()));
        for (GraphVariable.Builder variable : found) {
            variable.optimizerSlot = slotNodes.contains(variable.objectNode);
        }
        this.variables =
                Variables.of(found.stream().map(GraphVariable.Builder::build).toList());
        this.paths = new SavedPaths(this);
    }

    static @Nullable SavedObjects read(GraphInput in, List<Range> graphs) throws IOException {
        if (graphs.isEmpty()) {
            return null;
        }
        return new SavedObjects(in, graphs);
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public Variables variables() {
        return variables;
    }

    @Override
    public List<Edge> edgesOf(int node) {
        return edges.getOrDefault(node, List.of());
    }

    @Override
    public List<Slot> slots() {
        return slots;
    }

    @Override
    public Optional<String> pathOf(GraphVariable variable) {
        return paths.pathOf(variable.objectNode().orElseThrow());
    }

    @Override
    public Optional<String> keyOf(GraphVariable variable) {
        return pathOf(variable).map(path -> ObjectKeys.key(path, ObjectKeys.VARIABLE_VALUE));
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
                requireNode(in, edge.child());
            }
        }
        for (Slot slot : slots) {
            requireNode(in, slot.original());
            requireNode(in, slot.variable());
        }
    }

    private void requireNode(GraphInput in, int node) throws IOException {
        if (node < 0 || node >= count) {
            throw in.failure("The object graph has " + count + " objects but refers to object " + node, -1);
        }
    }
}
