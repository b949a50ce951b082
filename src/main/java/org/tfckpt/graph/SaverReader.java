package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.GraphNodes.Node;
import org.tfckpt.graph.GraphSaver.Entry;
import org.tfckpt.graph.StringConstants.Strings;
import org.tfckpt.proto.SaverDef;

/**
 * Assembles the savers of a graph. Ops belong to the same saver if their checkpoint name comes from the same tensor,
 * directly or through the ops that create the names of shards.
 *
 * <pre>
 * SaveV2      prefix, tensor_names, shape_and_slices, tensors…
 * SaveSlices  filename, tensor_names, shapes_and_slices, tensors…
 * Save        filename, tensor_names, tensors…
 * RestoreV2   prefix, tensor_names, shape_and_slices
 * Restore     file_pattern, tensor_name
 * RestoreSlice file_pattern, tensor_name, shape_and_slice
 * </pre>
 */
final class SaverReader {
    private final GraphInput in;
    private final GraphNodes nodes;
    private final Map<String, GraphVariable> variables;
    private final StringConstants strings;
    private final Map<TensorName, List<GraphVariable>> assigned = new HashMap<>();
    private final Map<String, Parts> savers = new LinkedHashMap<>();

    /** The parts of one saver. */
    private static final class Parts {
        final @Nullable SaverDef definition;
        final List<Entry> saves = new ArrayList<>();
        final List<Entry> restores = new ArrayList<>();
        final List<String> unknown = new ArrayList<>();

        Parts(@Nullable SaverDef definition) {
            this.definition = definition;
        }
    }

    private SaverReader(GraphInput in, GraphNodes nodes, Map<String, GraphVariable> variables) {
        this.in = in;
        this.nodes = nodes;
        this.variables = variables;
        this.strings = new StringConstants(in, nodes.strings);
    }

    /** Returns the savers of the given definitions in order, then those that only have ops. */
    static List<GraphSaver> read(
            GraphInput in, GraphNodes nodes, Map<String, GraphVariable> variables, List<SaverDef> definitions)
            throws IOException {
        SaverReader reader = new SaverReader(in, nodes, variables);
        for (SaverDef definition : definitions) {
            reader.savers.putIfAbsent(TensorName.nodeOf(definition.getFilenameTensorName()), new Parts(definition));
        }
        reader.findAssignments();
        for (Node op : nodes.savers) {
            reader.op(op);
        }
        List<GraphSaver> savers = new ArrayList<>();
        reader.savers.forEach((node, parts) -> savers.add(saver(node, parts)));
        return savers;
    }

    private static GraphSaver saver(String node, Parts parts) {
        String filename = parts.definition == null ? node + ":0" : parts.definition.getFilenameTensorName();
        return new GraphSaver(filename, parts.definition, parts.saves, parts.restores, parts.unknown);
    }

    /** Finds the variables to which outputs of restore ops are assigned. */
    private void findAssignments() {
        Set<String> restoring = nodes.savers.stream()
                .filter(node -> node.op().startsWith("Restore"))
                .map(Node::name)
                .collect(Collectors.toSet());
        for (Node assignment : nodes.assignments) {
            GraphVariable variable =
                    variables.get(nodes.origin(assignment.input(0)).node());
            TensorName value = nodes.origin(assignment.input(1));
            if (variable != null && restoring.contains(value.node())) {
                assigned.computeIfAbsent(value, none -> new ArrayList<>(1)).add(variable);
            }
        }
    }

    private void op(Node op) throws IOException {
        Parts saver = savers.computeIfAbsent(filename(op), none -> new Parts(null));
        boolean saves = op.op().startsWith("Save");
        boolean sliced = !op.op().equals("Save") && !op.op().equals("Restore");
        int first = sliced ? 3 : 2;
        int count = saves ? Math.max(0, op.inputs().size() - first) : op.outputs();
        Strings keys = strings.get(nodes.origin(op.input(1)).node());
        Strings slices = sliced ? strings.get(nodes.origin(op.input(2)).node()) : Strings.ONE_EMPTY;
        if (keys == null || slices == null) {
            saver.unknown.add(op.name());
            return;
        }
        requireSize(op, "tensor names", keys, count);
        requireSize(op, "shapes and slices", slices, sliced ? count : 1);
        for (int i = 0; i < count; i++) {
            String key = keys.get(i);
            String slice = slices.get(i);
            if (saves) {
                String tensor = op.input(first + i);
                saver.saves.add(new Entry(
                        key, slice, tensor, variables.get(nodes.origin(tensor).node())));
            } else {
                restore(saver, op.name(), i, key, slice);
            }
        }
    }

    private void restore(Parts saver, String op, int output, String key, String slice) {
        String tensor = op + ":" + output;
        List<GraphVariable> targets = assigned.get(new TensorName(op, output));
        if (targets == null) {
            saver.restores.add(new Entry(key, slice, tensor, null));
        } else {
            targets.forEach(variable -> saver.restores.add(new Entry(key, slice, tensor, variable)));
        }
    }

    /** Returns the node that names the checkpoint of an op: the first one of a known saver, or else the origin. */
    private String filename(Node op) {
        String tensor = op.input(0);
        for (int i = 0; i < GraphNodes.MAX_STEPS; i++) {
            String node = TensorName.nodeOf(tensor);
            String from = nodes.passes.get(node);
            if (savers.containsKey(node) || from == null) {
                return node;
            }
            tensor = from;
        }
        return TensorName.nodeOf(op.input(0));
    }

    /** Requires a list to have the length that the op needs, which bounds the work: each op has its own lists. */
    private void requireSize(Node op, String what, Strings strings, int count) throws IOException {
        if (!strings.isOfSize(count)) {
            throw in.failure(
                    "The op '" + op.name() + "' has " + strings.stored().size() + " " + what + " but " + count
                            + (count == 1 ? " tensor" : " tensors"),
                    -1);
        }
    }
}
