package org.tfckpt.restore;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphSaver;
import org.tfckpt.graph.GraphVariable;

/**
 * Determines the variables that a graph restores and their names in the checkpoint: the names its saver restores from,
 * else those it saves under; for the objects of a TF2 SavedModel, the keys that their paths lead to.
 */
final class GraphWants {
    private GraphWants() {}

    static List<Wanted> of(Graph graph, Checkpoint checkpoint) throws IOException {
        return graph.isObjectBased()
                ? Wanted.of(graph.objectVariables(), objectKeys(graph, checkpoint))
                : Wanted.of(graph.variables(), saverKeys(graph));
    }

    private static Map<GraphVariable, String> objectKeys(Graph graph, Checkpoint checkpoint) throws IOException {
        Map<GraphVariable, String> keys = new HashMap<>();
        for (GraphVariable variable : graph.objectVariables()) {
            graph.objectKeyOf(variable).ifPresent(key -> keys.put(variable, key));
        }
        checkpoint.availableObjectGraph().ifPresent(objects -> keys.putAll(graph.checkpointKeys(objects)));
        return keys;
    }

    /** Returns the names of the first saver; none if two variables share a name: then it is not for all variables. */
    private static Map<GraphVariable, String> saverKeys(Graph graph) {
        Map<GraphVariable, String> keys = new HashMap<>();
        for (GraphSaver saver : graph.savers().stream().limit(1).toList()) {
            addFirst(keys, saver.restoresByVariable());
            addFirst(keys, saver.savesByVariable());
        }
        return isOneToOne(graph, keys) ? keys : Map.of();
    }

    private static boolean isOneToOne(Graph graph, Map<GraphVariable, String> keys) {
        Set<String> names = new HashSet<>();
        for (GraphVariable variable : graph.variables()) {
            boolean part = variable.partition().isPresent();
            if (!part && !names.add(keys.getOrDefault(variable, variable.savedName()))) {
                return false;
            }
        }
        return true;
    }

    private static void addFirst(Map<GraphVariable, String> keys, Map<GraphVariable, List<GraphSaver.Entry>> entries) {
        entries.forEach(
                (variable, names) -> keys.putIfAbsent(variable, names.get(0).key()));
    }
}
