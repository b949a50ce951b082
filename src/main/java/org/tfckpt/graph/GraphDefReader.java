package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.GraphInput.FieldHandler;
import org.tfckpt.graph.GraphInput.Range;
import org.tfckpt.graph.GraphNodes.Node;
import org.tfckpt.proto.AttrValue;
import org.tfckpt.proto.FunctionDefLibrary;
import org.tfckpt.proto.GraphDef;
import org.tfckpt.proto.NodeDef;
import org.tfckpt.proto.VersionDef;
import org.tfckpt.tensor.DataType;

/** Reads a GraphDef node by node; attributes are parsed only for nodes that need them. */
final class GraphDefReader {
    /** The largest attribute parsed: a {@code RestoreV2} lists the dtype of each tensor in one. */
    private static final int MAX_ATTRIBUTE = 1 << 20;

    /** The limit for a constant: only its dtype is needed, which takes 12 bytes; the value is not read. */
    private static final int MAX_CONSTANT_ATTRIBUTE = 16;

    private final GraphInput in;
    private final GraphNodes nodes;

    // The fields of the current node.
    private String name = "";

    private String op = "";
    private @Nullable NodeRole role;
    private List<String> inputs = new ArrayList<>();
    private final Map<String, AttrValue> attributes = new HashMap<>();
    private final FieldHandler nodeField = this::nodeField;

    GraphDefReader(GraphInput in, GraphNodes nodes) {
        this.in = in;
        this.nodes = nodes;
    }

    /** Adds the nodes of a GraphDef, or of one of its pieces. */
    void read(Range graph) throws IOException {
        in.walk(graph, field -> {
            switch (field) {
                case GraphDef.NODE_FIELD_NUMBER -> node();
                case GraphDef.LIBRARY_FIELD_NUMBER -> in.walk(this::libraryField);
                case GraphDef.VERSION_FIELD_NUMBER -> {
                    int version = in.int32();
                    if (nodes.producer.isEmpty()) {
                        producer(version);
                    }
                }
                case GraphDef.VERSIONS_FIELD_NUMBER ->
                    producer(in.message(VersionDef.parser()).getProducer());
                default -> in.skip();
            }
        });
    }

    private void producer(int version) {
        if (version != 0) {
            nodes.producer = OptionalInt.of(version);
        }
    }

    private void libraryField(int field) throws IOException {
        if (field == FunctionDefLibrary.FUNCTION_FIELD_NUMBER) {
            nodes.functions++;
        }
        in.skip();
    }

    private void node() throws IOException {
        nodes.count++;
        name = "";
        op = "";
        role = null;
        inputs = new ArrayList<>(2);
        attributes.clear();
        Range node = in.walk(nodeField);
        if (name.isEmpty() || op.isEmpty() || role == null) {
            throw in.failure("A node has no name or no op", node.start());
        }
        nodes.familiar |= role != NodeRole.OTHER || op.startsWith("Placeholder") || op.equals("NoOp");
        switch (role) {
            case VARIABLE -> variable(node);
            case CONSTANT -> {
                // Names of tensors are strings, and few other constants are.
                if (attribute("dtype").getTypeValue() == DataType.DT_STRING.number()) {
                    nodes.strings.put(name, node);
                }
            }
            case PASS -> {
                if (!inputs.isEmpty()) {
                    nodes.passes.put(name, inputs.get(0));
                }
            }
            case SAVE -> nodes.savers.add(new Node(name, op, inputs, 0));
            case RESTORE -> nodes.savers.add(new Node(name, op, inputs, outputs()));
            case ASSIGN -> nodes.assignments.add(new Node(name, op, inputs, 0));
            case TRAIN -> nodes.trainings.add(new Node(name, op, inputs, 0));
            case OTHER -> {}
        }
    }

    /** Writers put name and op first. If they come later, inputs and attributes are read even if not needed. */
    private void nodeField(int field) throws IOException {
        switch (field) {
            case NodeDef.NAME_FIELD_NUMBER -> name = in.string();
            case NodeDef.OP_FIELD_NUMBER -> {
                op = in.string();
                role = NodeRole.of(op);
                if (role == NodeRole.OTHER && !name.isEmpty()) {
                    in.skipRest();
                }
            }
            case NodeDef.INPUT_FIELD_NUMBER -> input();
            case NodeDef.ATTR_FIELD_NUMBER -> attribute();
            default -> in.skip();
        }
    }

    private void input() throws IOException {
        boolean needed = role != NodeRole.OTHER && role != NodeRole.CONSTANT && role != NodeRole.VARIABLE;
        String input = needed ? in.string() : null;
        if (input == null) {
            in.skip();
        } else if (!TensorName.isControl(input)) {
            inputs.add(input);
        }
    }

    private void attribute() throws IOException {
        int limit = role == null || role == NodeRole.VARIABLE || role == NodeRole.RESTORE
                ? MAX_ATTRIBUTE
                : role == NodeRole.CONSTANT ? MAX_CONSTANT_ATTRIBUTE : -1;
        NodeDef.AttrEntry entry = in.message(NodeDef.AttrEntry.parser(), limit);
        if (entry != null) {
            attributes.put(entry.getKey(), entry.getValue());
        }
    }

    private AttrValue attribute(String key) {
        return attributes.getOrDefault(key, AttrValue.getDefaultInstance());
    }

    private void variable(Range node) throws IOException {
        AttrValue dtype = attribute("dtype");
        if (!dtype.hasType() || !attributes.containsKey("shape")) {
            throw in.failure(
                    "The variable '" + name + "' has no " + (dtype.hasType() ? "shape" : "dtype"), node.start());
        }
        AttrValue shape = attribute("shape");
        GraphVariable.Builder variable = new GraphVariable.Builder(
                name, op, dtype.getTypeValue(), shape.hasShape() ? Protos.shape(shape.getShape()) : null);
        String shared = Protos.name(attribute("shared_name").getS());
        variable.sharedName = shared.isEmpty() ? null : shared;
        if (nodes.variables.put(name, variable) != null) {
            throw in.failure("Two variables have the name '" + name + "'", node.start());
        }
    }

    private int outputs() {
        return op.equals("RestoreV2") ? attribute("dtypes").getList().getTypeCount() : 1;
    }
}
