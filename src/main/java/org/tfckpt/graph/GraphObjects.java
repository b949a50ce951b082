package org.tfckpt.graph;

import java.util.Map;
import java.util.Optional;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;

/**
 * The objects of a TF2 SavedModel or checkpoint, the variables among them, and the keys of the variables of a
 * checkpoint: a SavedModel does not state them.
 */
record GraphObjects(ObjectGraph graph, Variables variables, Map<GraphVariable, String> keys) {
    /** Returns the shortest path to a variable with its names escaped; empty if its object is unreachable. */
    Optional<String> pathOf(GraphVariable variable) {
        return graph.pathOf(variable.objectNode().orElseThrow());
    }

    /** Returns the checkpoint key of a variable; empty if its object is unreachable. */
    Optional<String> keyOf(GraphVariable variable) {
        return Optional.ofNullable(keys.get(variable))
                .or(() -> pathOf(variable).map(path -> ObjectKeys.key(path, ObjectKeys.VARIABLE_VALUE)));
    }
}
