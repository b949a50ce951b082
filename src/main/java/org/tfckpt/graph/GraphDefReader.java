package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.NodeOps.Role;
import org.tfckpt.graph.WireReader.Range;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/**
 * Reads a GraphDef node by node.
 *
 * <pre>
 * GraphDef     1 node | 2 library { 1 function } | 3 version | 4 versions { 1 producer }
 * NodeDef      1 name | 2 op | 3 input (repeated) | 5 attr { 1 key, 2 value }
 * AttrValue    1 list { 6 type } | 2 s | 6 type | 7 shape | 8 tensor
 * </pre>
 */
final class GraphDefReader {
    private final WireReader in;
    private final GraphNodes nodes;

    GraphDefReader(WireReader in, GraphNodes nodes) {
        this.in = in;
        this.nodes = nodes;
    }

    /** Adds the nodes of a GraphDef, or of one of several that make up one. */
    void read(Range graph) throws IOException {
        in.seek(graph);
        while (in.next()) {
            switch (in.field()) {
                case 1 -> node();
                case 2 -> library();
                case 3 -> {
                    int version = (int) in.varint();
                    if (nodes.producer.isEmpty() && version != 0) {
                        nodes.producer = OptionalInt.of(version);
                    }
                }
                case 4 -> versions();
                default -> in.skip();
            }
        }
    }

    private void library() throws IOException {
        long outer = in.enter();
        while (in.next()) {
            if (in.field() == 1) {
                in.message();
                nodes.functions++;
            } else {
                in.skip();
            }
        }
        in.leave(outer);
    }

    private void versions() throws IOException {
        long outer = in.enter();
        while (in.next()) {
            if (in.field() == 1) {
                nodes.producer = OptionalInt.of((int) in.varint());
            } else {
                in.skip();
            }
        }
        in.leave(outer);
    }

    /** Reads what the node is, and then again what is needed of such a one. */
    private void node() throws IOException {
        nodes.count++;
        Range node = in.message();
        long outer = in.enter(node);
        String name = "";
        String op = "";
        while (in.next()) {
            switch (in.field()) {
                case 1 -> name = in.text();
                case 2 -> op = in.text();
                case 3, 4, 5 -> in.message();
                default -> in.skip();
            }
        }
        if (name.isEmpty() || op.isEmpty()) {
            throw in.failure("A node without a name or an op", node.start());
        }
        Role role = NodeOps.role(op);
        nodes.familiar |= role != Role.OTHER || op.startsWith("Placeholder") || op.equals("NoOp");
        if (role != Role.OTHER) {
            in.seek(node);
            take(node, name, op, role);
        }
        in.leave(node, outer);
    }

    private void take(Range node, String name, String op, Role role) throws IOException {
        switch (role) {
            case VARIABLE -> variable(node, name, op);
            case CONSTANT -> constant(name);
            case PASS -> pass(name);
            case SAVE -> nodes.savers.add(new Node(name, op, inputs(Integer.MAX_VALUE), 0));
            case RESTORE -> restore(node, name, op);
            case ASSIGN -> nodes.assignments.add(new Node(name, op, inputs(2), 0));
            case TRAIN -> nodes.trainings.add(new Node(name, op, inputs(Integer.MAX_VALUE), 0));
            case OTHER -> throw new IllegalArgumentException(op);
        }
    }

    private List<String> inputs(int most) throws IOException {
        List<String> inputs = new ArrayList<>(Math.min(most, 4));
        while (inputs.size() < most && in.next()) {
            if (in.field() == 3) {
                String input = in.text();
                if (!TensorName.isControl(input)) {
                    inputs.add(input);
                }
            } else {
                in.skip();
            }
        }
        return inputs;
    }

    private void pass(String name) throws IOException {
        for (String input : inputs(1)) {
            nodes.passes.put(name, input);
        }
    }

    /** The attributes that are wanted of a node; the message of each is where the reader is. */
    private interface Attribute {
        /** Takes the value of an attribute, or passes it. */
        void take(String key, Range value) throws IOException;
    }

    private void attributes(Attribute attribute) throws IOException {
        while (in.next()) {
            if (in.field() != 5) {
                in.skip();
                continue;
            }
            Range entry = in.message();
            long outer = in.enter(entry);
            String key = "";
            Range value = null;
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> key = in.text();
                    case 2 -> value = in.message();
                    default -> in.skip();
                }
            }
            if (value != null) {
                in.seek(value);
                attribute.take(key, value);
            }
            in.leave(entry, outer);
        }
    }

    /** The attributes of a variable. */
    private static final class VariableAttributes {
        @Nullable
        Integer dtype;

        boolean shaped;

        @Nullable
        Shape shape;

        @Nullable
        String sharedName;
    }

    private void variable(Range node, String name, String op) throws IOException {
        VariableAttributes found = new VariableAttributes();
        attributes((key, value) -> {
            switch (key) {
                case "dtype" -> found.dtype = type();
                case "shape" -> {
                    found.shaped = true;
                    found.shape = shapeAttribute();
                }
                case "shared_name" -> found.sharedName = string();
                default -> {}
            }
        });
        if (found.dtype == null || !found.shaped) {
            throw in.failure(
                    "The variable " + name + " has no " + (found.dtype == null ? "dtype" : "shape"), node.start());
        }
        String shared = found.sharedName == null || found.sharedName.isEmpty() ? null : found.sharedName;
        GraphVariable variable =
                new GraphVariable(name, op, found.dtype, found.shape, GraphVariable.Facts.sharedBy(shared));
        if (nodes.variables.put(name, variable) != null) {
            throw in.failure("Two variables have the name " + name, node.start());
        }
    }

    private @Nullable Integer type() throws IOException {
        Integer type = null;
        while (in.next()) {
            if (in.field() == 6) {
                type = (int) in.varint();
            } else {
                in.skip();
            }
        }
        return type;
    }

    private @Nullable String string() throws IOException {
        String string = null;
        while (in.next()) {
            if (in.field() == 2) {
                string = in.textOf(in.message());
            } else {
                in.skip();
            }
        }
        return string;
    }

    private @Nullable Shape shapeAttribute() throws IOException {
        Shape shape = null;
        while (in.next()) {
            if (in.field() == 7) {
                long outer = in.enter();
                shape = ShapeReader.read(in);
                in.leave(outer);
            } else {
                in.skip();
            }
        }
        return shape;
    }

    /** Notes where the value of a constant is, if it is strings: names of tensors are, and little else. */
    private void constant(String name) throws IOException {
        Integer[] dtype = new Integer[1];
        Range[] tensor = new Range[1];
        attributes((key, value) -> {
            switch (key) {
                case "dtype" -> dtype[0] = type();
                case "value" -> tensor[0] = value;
                default -> {}
            }
        });
        if (dtype[0] != null && dtype[0] == DataType.DT_STRING.number() && tensor[0] != null) {
            nodes.strings.put(name, tensor[0]);
        }
    }

    private void restore(Range node, String name, String op) throws IOException {
        List<String> inputs = inputs(Integer.MAX_VALUE);
        int outputs = op.equals("RestoreV2") ? outputs(node) : 1;
        nodes.savers.add(new Node(name, op, inputs, outputs));
    }

    private int outputs(Range node) throws IOException {
        int[] count = {0};
        in.seek(node);
        attributes((key, value) -> {
            if (key.equals("dtypes")) {
                count[0] = types();
            }
        });
        return count[0];
    }

    private int types() throws IOException {
        int[] count = {0};
        while (in.next()) {
            if (in.field() != 1) {
                in.skip();
                continue;
            }
            long outer = in.enter();
            while (in.next()) {
                if (in.field() == 6) {
                    in.varints(number -> count[0]++);
                } else {
                    in.skip();
                }
            }
            in.leave(outer);
        }
        return count[0];
    }
}
