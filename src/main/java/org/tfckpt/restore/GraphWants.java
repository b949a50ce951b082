package org.tfckpt.restore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphKind;
import org.tfckpt.graph.GraphSaver;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.TensorNames;

/**
 * Determines the variables that a graph restores and their names in the checkpoint: the names its saver restores from,
 * else those it saves under; for the objects of a TF2 SavedModel or checkpoint, the names of the kind asked for.
 */
record GraphWants(Graph graph, Checkpoint checkpoint, Tensors tensors) {
    boolean isObjectBased() {
        return graph.isObjectBased();
    }

    List<NamedVariable> named(NameKind kind) throws IOException {
        if (!graph.isObjectBased()) {
            return named(withoutBookkeeping(), saverKeys(graph));
        }
        List<GraphVariable> variables = graph.objectVariables();
        Set<String> shared = sharedNames(variables);
        Map<GraphVariable, String> own = ownKeys(shared);
        Map<GraphVariable, String> found = kind == NameKind.KEY ? foundKeys(own) : own;
        // Objects that are one in the checkpoint may be two in the graph.
        boolean split = new HashSet<>(found.values()).size() < found.size();
        List<Wanted> wanted = Wanted.of(variables, split ? own : found);
        List<NamedVariable> named = new ArrayList<>(wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            GraphVariable variable = variables.get(i);
            String key = wanted.get(i).name();
            String fullName = variable.savedName();
            String name = switch (kind) {
                case KEY -> found.getOrDefault(variable, key);
                // A name that several variables share does not tell which is meant.
                case FULL -> shared.contains(fullName) || tensors.isAmbiguous(fullName) ? key : fullName;
                case PATH -> graph.objectPathOf(variable).orElse(key);
            };
            named.add(new NamedVariable(wanted.get(i), name, variable.isOptimizerSlot()));
        }
        return named;
    }

    private static List<NamedVariable> named(List<GraphVariable> variables, Map<GraphVariable, String> keys) {
        List<Wanted> wanted = Wanted.of(variables, keys);
        List<NamedVariable> named = new ArrayList<>(wanted.size());
        for (int i = 0; i < wanted.size(); i++) {
            named.add(NamedVariable.of(wanted.get(i), variables.get(i).isOptimizerSlot()));
        }
        return named;
    }

    /** Returns the variables that a saver restores, by the names that it restores them from. */
    static List<NamedVariable> of(GraphSaver saver) {
        if (!saver.isKnown()) {
            throw new IllegalArgumentException("the names that the saver '"
                    + TensorNames.printable(saver.filenameTensor()) + "' restores are unknown: they are not constants");
        }
        Map<GraphVariable, String> keys = new LinkedHashMap<>();
        addFirst(keys, saver.restores().isEmpty() ? saver.savesByVariable() : saver.restoresByVariable());
        return named(List.copyOf(keys.keySet()), keys);
    }

    /** Returns the variables without what a listing of a TF2 checkpoint has besides. */
    private List<GraphVariable> withoutBookkeeping() {
        return graph.kind() == GraphKind.TEXT
                ? graph.variables().without(List.of(ObjectKeys.OBJECT_GRAPH, ObjectKeys.SAVE_COUNTER))
                : graph.variables();
    }

    /** Returns the graph's own keys. A variable that has none, and shares its name, gets one that no checkpoint has. */
    private Map<GraphVariable, String> ownKeys(Set<String> shared) {
        Map<GraphVariable, String> keys = new HashMap<>();
        for (GraphVariable variable : graph.objectVariables()) {
            String name = variable.savedName();
            graph.objectKeyOf(variable)
                    .or(() -> Optional.of(
                                    name + " (object " + variable.objectNode().orElseThrow() + ")")
                            .filter(unique -> shared.contains(name)))
                    .ifPresent(key -> keys.put(variable, key));
        }
        return keys;
    }

    /** Returns the keys in the checkpoint for the variables whose objects it has, and else the graph's own keys. */
    private Map<GraphVariable, String> foundKeys(Map<GraphVariable, String> own) throws IOException {
        Map<GraphVariable, String> keys = new HashMap<>(own);
        checkpoint.availableObjectGraph().ifPresent(objects -> keys.putAll(graph.checkpointKeys(objects)));
        return keys;
    }

    private static Set<String> sharedNames(List<GraphVariable> variables) {
        Set<String> names = new HashSet<>();
        Set<String> shared = new HashSet<>();
        for (GraphVariable variable : variables) {
            if (!names.add(variable.savedName())) {
                shared.add(variable.savedName());
            }
        }
        return shared;
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
