package org.tfckpt.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.tfckpt.graph.GraphInput.Range;

/** The nodes of a GraphDef that are related to variables, each kind in the order of the graph. */
final class GraphNodes {
    /** The maximum number of nodes followed to the origin of a tensor: far more than savers use. */
    static final int MAX_STEPS = 256;

    long count;
    long functions;

    /** Whether there is an op that nearly every graph has. */
    boolean familiar;

    OptionalInt producer = OptionalInt.empty();

    /** Variables by name. */
    final Map<String, GraphVariable.Builder> variables = new LinkedHashMap<>();

    /** Ops that save or restore. */
    final List<Node> savers = new ArrayList<>();

    final List<Node> assignments = new ArrayList<>();

    final List<Node> trainings = new ArrayList<>();

    /** The first input of each {@link NodeRole#PASS} node, by the node's name. */
    final Map<String, String> passes = new HashMap<>();

    /** The ranges of the nodes of string constants, by name. */
    final Map<String, Range> strings = new HashMap<>();

    /**
     * A node that saves, restores, assigns or trains variables. Its inputs are without control inputs; {@code outputs}
     * is the number of tensors that it restores, else 0.
     */
    record Node(String name, String op, List<String> inputs, int outputs) {
        /** Returns an input, or an empty string if there are fewer. */
        String input(int index) {
            return index < inputs.size() ? inputs.get(index) : "";
        }
    }

    /** Follows a tensor through {@link NodeRole#PASS} nodes; returns the tensor itself if they form a cycle. */
    TensorName origin(String tensor) {
        TensorName origin = TensorName.parse(tensor);
        for (int i = 0; i < MAX_STEPS; i++) {
            String from = origin.output() == 0 ? passes.get(origin.node()) : null;
            if (from == null) {
                return origin;
            }
            origin = TensorName.parse(from);
        }
        return TensorName.parse(tensor);
    }
}
