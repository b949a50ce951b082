package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.WireReader.Range;
import org.tfckpt.tensor.Shape;

/**
 * The object graph of a TF2 SavedModel: its variables, and the names by which objects hold each other.
 *
 * <pre>
 * SavedObjectGraph 1 nodes (repeated)
 * SavedObject      1 children { 1 node_id, 2 local_name } | 7 variable
 *                  3 slot_variables { 1 original_variable_node_id, 2 slot_name, 3 slot_variable_node_id }
 * SavedVariable    1 dtype | 2 shape | 3 trainable | 6 name
 * </pre>
 */
final class SavedObjects {
    /** That an object holds another one. */
    record Edge(int child, String name) {}

    /** That an optimizer keeps a variable for another one. */
    record Slot(int optimizer, int original, String name, int variable) {}

    private int count;
    private final Map<Integer, List<Edge>> edges = new HashMap<>();
    private final List<Slot> slots = new ArrayList<>();
    private final List<GraphVariable> found = new ArrayList<>();
    private final Variables variables;

    private SavedObjects(WireReader in, List<Range> graphs) throws IOException {
        for (Range graph : graphs) {
            in.seek(graph);
            while (in.next()) {
                if (in.field() == 1) {
                    long outer = in.enter();
                    object(in);
                    in.leave(outer);
                    count++;
                } else {
                    in.skip();
                }
            }
        }
        requireNodes(in);
        Set<Integer> slotNodes = new HashSet<>();
        slots.forEach(slot -> slotNodes.add(slot.variable));
        this.variables = Variables.of(found.stream()
                .map(variable -> slotNodes.contains(variable.objectNode().orElse(-1)) ? slot(variable) : variable)
                .toList());
    }

    private static GraphVariable slot(GraphVariable variable) {
        return variable.with(variable.facts().asOptimizerSlot());
    }

    static @Nullable SavedObjects read(WireReader in, List<Range> graphs) throws IOException {
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

    private void object(WireReader in) throws IOException {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> {
                    long outer = in.enter();
                    edges.computeIfAbsent(count, none -> new ArrayList<>(2)).add(edge(in));
                    in.leave(outer);
                }
                case 3 -> {
                    long outer = in.enter();
                    slots.add(slot(in));
                    in.leave(outer);
                }
                case 7 -> {
                    long outer = in.enter();
                    variable(in);
                    in.leave(outer);
                }
                default -> in.skip();
            }
        }
    }

    private static Edge edge(WireReader in) throws IOException {
        int child = 0;
        String name = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> child = (int) in.varint();
                case 2 -> name = in.text();
                default -> in.skip();
            }
        }
        return new Edge(child, name);
    }

    private Slot slot(WireReader in) throws IOException {
        int original = 0;
        String name = "";
        int variable = 0;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> original = (int) in.varint();
                case 2 -> name = in.text();
                case 3 -> variable = (int) in.varint();
                default -> in.skip();
            }
        }
        return new Slot(count, original, name, variable);
    }

    private void variable(WireReader in) throws IOException {
        int dtype = 0;
        Shape shape = Shape.of();
        boolean trainable = false;
        String name = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> dtype = (int) in.varint();
                case 2 -> {
                    long outer = in.enter();
                    shape = ShapeReader.read(in);
                    in.leave(outer);
                }
                case 3 -> trainable = in.varint() != 0;
                case 6 -> name = in.text();
                default -> in.skip();
            }
        }
        found.add(new GraphVariable(name, "VarHandleOp", dtype, shape, GraphVariable.Facts.ofObject(count, trainable)));
    }

    /** Every number has to be that of an object. */
    private void requireNodes(WireReader in) throws IOException {
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

    private void requireNode(WireReader in, int node) throws IOException {
        if (node < 0 || node >= count) {
            throw in.failure("The object graph has " + count + " objects, and mentions the object " + node, -1);
        }
    }
}
