package org.tfckpt.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.tfckpt.graph.WireReader.Range;

/** What was kept of a GraphDef: the nodes that say something of variables, each kind in the order of the graph. */
final class GraphNodes {
    /** Far more than savers put between a variable and their ops. */
    static final int LONGEST_WAY = 256;

    long count;
    long functions;

    /** Whether there is an op that is in nearly every graph. */
    boolean familiar;

    OptionalInt producer = OptionalInt.empty();

    /** Variables, by name. */
    final Map<String, GraphVariable> variables = new LinkedHashMap<>();

    /** Ops that save or restore. */
    final List<Node> savers = new ArrayList<>();

    final List<Node> assignments = new ArrayList<>();

    final List<Node> trainings = new ArrayList<>();

    /** Of nodes that give on what their first input is: that input, by name. */
    final Map<String, String> passes = new HashMap<>();

    /** Of constants that are strings: where their values are, by name. */
    final Map<String, Range> strings = new HashMap<>();

    /**
     * The tensor that another one is, through all the nodes that only give on; itself if there is nothing such, or if
     * the way goes in a circle.
     */
    TensorName origin(String tensor) {
        TensorName origin = TensorName.parse(tensor);
        for (int i = 0; i < LONGEST_WAY; i++) {
            String from = origin.output() == 0 ? passes.get(origin.node()) : null;
            if (from == null) {
                return origin;
            }
            origin = TensorName.parse(from);
        }
        return TensorName.parse(tensor);
    }
}
