package org.tfckpt.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;

/** The tree form of {@code objects}. */
final class ObjectsTree {
    private static final int DEEPEST = 40;

    private final Output out;
    private final Checkpoint checkpoint;
    private final ObjectGraph graph;
    private final boolean all;
    private final Map<Integer, List<ObjectNode.Slot>> slots = new HashMap<>();

    ObjectsTree(Output out, Checkpoint checkpoint, ObjectGraph graph, boolean all) {
        this.out = out;
        this.checkpoint = checkpoint;
        this.graph = graph;
        this.all = all;
    }

    void write() throws IOException {
        for (int id = 0; id < graph.size(); id++) {
            for (ObjectNode.Slot slot : graph.node(id).slots()) {
                slots.computeIfAbsent(slot.variable(), variable -> new ArrayList<>())
                        .add(slot);
            }
        }
        out.line("(root)");
        values("  ", graph.root());
        try {
            graph.walk(this::edge);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void edge(int depth, ObjectNode.Child child) {
        if (!all && !graph.hasValues(child.node())) {
            return;
        }
        // Without a limit, the indentation of a hostile deep graph would make the output quadratic in its size.
        String indent = "  ".repeat(Math.min(depth, DEEPEST) + 1) + (depth > DEEPEST ? "[" + depth + "] " : "");
        try {
            if (!child.onPath()) {
                String place = graph.pathOf(child.node()).orElse("");
                out.line(indent + child.name() + "  = " + (place.isEmpty() ? "(root)" : place));
                return;
            }
            ObjectNode node = graph.node(child.node());
            out.line(indent + child.name() + saver(node));
            values(indent + "  ", node);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String saver(ObjectNode node) {
        return node.saver()
                .map(saver -> "  (saved by " + saver.name() + " as " + saver.objectName() + ")")
                .orElse("");
    }

    private void values(String indent, ObjectNode node) throws IOException {
        for (ObjectNode.Attribute attribute : node.attributes()) {
            String name = attribute.name().equals(ObjectKeys.VARIABLE_VALUE) ? "" : attribute.name() + " ";
            String fullName = attribute.fullName().isEmpty() ? "" : "  full name " + attribute.fullName();
            out.line(indent + name + "-> " + attribute.key() + tensor(attribute.key()) + fullName);
        }
        for (ObjectNode.Slot slot : slots.getOrDefault(node.id(), List.of())) {
            String optimizer = graph.pathOf(slot.optimizer()).orElse("");
            out.line(indent + "slot " + slot.name() + " of " + (optimizer.isEmpty() ? "(root)" : optimizer));
            values(indent + "  ", graph.node(slot.node()));
        }
    }

    private String tensor(String key) throws IOException {
        return checkpoint.find(key).map(ObjectsTree::type).orElse("  (no tensor of this key)");
    }

    private static String type(TensorInfo info) {
        return " (" + DataType.enumName(info.dtypeNumber()) + ") " + info.shape();
    }
}
