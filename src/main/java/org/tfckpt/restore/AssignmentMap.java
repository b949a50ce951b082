package org.tfckpt.restore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * The assignment map of {@code tf.train.init_from_checkpoint}, with TensorFlow's rules and errors: maps a tensor of the
 * checkpoint to a variable of the graph, or a scope to a scope.
 *
 * <pre>{@code
 * AssignmentMap.of(Map.of("old_scope/", "new_scope/")).and("var1", "some_scope/my1").plan(variables, checkpoint);
 * }</pre>
 *
 * <p>Other variables are not restored. Assignments are processed in the order of the names in the checkpoint; if two
 * assign the same variable, the later one wins. A scope ends with a slash; {@code "/"} is the root. As in TensorFlow, a
 * name that is not a variable is treated as a scope, so a misspelled variable causes an error about scopes. Immutable.
 */
public final class AssignmentMap {
    /** The empty map. */
    public static final AssignmentMap EMPTY = new AssignmentMap(List.of());

    private static final String PART = "/part_";

    /** Tensors listed in a message; TensorFlow lists all. */
    private static final int MAX_SHOWN = 100;

    /** One assignment: to a whole variable, to parts of one or, if they are null, to what the name stands for. */
    private record Pair(
            String checkpointName, String current, @Nullable List<Wanted> variables, boolean whole) {}

    private final List<Pair> pairs;

    private AssignmentMap(List<Pair> pairs) {
        this.pairs = pairs;
    }

    /**
     * {@return assignments by name}
     *
     * @param assignments maps a tensor or scope of the checkpoint to a variable or scope of the graph
     */
    public static AssignmentMap of(Map<String, String> assignments) {
        AssignmentMap map = EMPTY;
        for (Map.Entry<String, String> pair : assignments.entrySet()) {
            map = map.and(pair.getKey(), pair.getValue());
        }
        return map;
    }

    /**
     * {@return a copy with one more assignment; a tensor may be assigned to several variables}
     *
     * @param checkpointName a tensor, or a scope ending with a slash
     * @param current a variable (without {@code /part_0} if it is partitioned), or a scope
     */
    public AssignmentMap and(String checkpointName, String current) {
        return with(new Pair(checkpointName, current, null, false));
    }

    /**
     * {@return a copy with one more assignment}
     *
     * @param checkpointName a tensor
     * @param variable the variable that gets the whole tensor
     */
    public AssignmentMap and(String checkpointName, Wanted variable) {
        return with(new Pair(checkpointName, variable.variable(), List.of(variable), true));
    }

    /**
     * {@return a copy with one more assignment}
     *
     * @param checkpointName a tensor
     * @param parts the parts of a partitioned variable
     */
    public AssignmentMap and(String checkpointName, List<Wanted> parts) {
        return with(new Pair(checkpointName, "", List.copyOf(parts), false));
    }

    private AssignmentMap with(Pair pair) {
        List<Pair> more = new ArrayList<>(pairs);
        more.add(pair);
        return new AssignmentMap(List.copyOf(more));
    }

    /**
     * Returns a strict plan for the assignments. Wrong dtypes, and wrong shapes of variables assigned by scope, are
     * reported when the plan is executed, before a value is read; TensorFlow reports them when it assigns.
     *
     * @param variables the variables of the graph
     * @param checkpoint the checkpoint to restore from
     * @return a plan for the assigned variables
     * @throws IllegalArgumentException with TensorFlow's text, if a tensor is missing, a shape differs, or a name is
     *     combined with a scope
     * @throws IOException if the index cannot be read
     */
    public RestorePlan plan(Collection<Wanted> variables, Checkpoint checkpoint) throws IOException {
        Tensors tensors = RestorePlan.tensorsOf(checkpoint);
        Map<Wanted, String> assigned = new Work(variables, tensors, checkpoint.prefix()).assign(pairs);
        return RestorePlan.of(checkpoint, Comparison.ofPairs(assigned, tensors));
    }

    /** Resolves assignments for one graph and one checkpoint. */
    private static final class Work {
        private final Map<String, Wanted> store = new LinkedHashMap<>();
        private final Tensors tensors;
        private final String checkpoint;

        /** By name in the graph; the last assignment wins. */
        private final Map<String, Map.Entry<Wanted, String>> assigned = new LinkedHashMap<>();

        Work(Collection<Wanted> variables, Tensors tensors, String checkpoint) {
            variables.forEach(variable -> store.put(variable.variable(), variable));
            this.tensors = tensors;
            this.checkpoint = checkpoint;
        }

        Map<Wanted, String> assign(List<Pair> pairs) {
            List<Pair> sorted = new ArrayList<>(pairs);
            sorted.sort(Comparator.comparing(Pair::checkpointName, TensorNames.ORDER));
            for (Pair pair : sorted) {
                if (pair.variables == null) {
                    assignByName(pair.checkpointName, pair.current);
                } else {
                    one(pair.checkpointName, pair.variables, pair.whole);
                }
            }
            Map<Wanted, String> result = new LinkedHashMap<>();
            assigned.values().forEach(pair -> result.put(pair.getKey(), pair.getValue()));
            return result;
        }

        private void assignByName(String tensorName, String current) {
            List<Wanted> targets = targets(current);
            if (targets.isEmpty()) {
                scope(tensorName, current);
            } else {
                one(tensorName, targets, store.containsKey(current));
            }
        }

        /** Returns the variable of a name, or else the parts of the variable of that name. */
        private List<Wanted> targets(String name) {
            Wanted single = store.get(name);
            return single == null ? parts(name) : List.of(single);
        }

        private List<Wanted> parts(String name) {
            List<Wanted> parts = new ArrayList<>();
            for (Wanted part = store.get(name + PART + 0); part != null; part = store.get(name + PART + parts.size())) {
                parts.add(part);
            }
            return parts;
        }

        private void one(String tensorName, List<Wanted> targets, boolean whole) {
            TensorInfo tensor = tensors.find(tensorName);
            if (tensor == null) {
                throw new IllegalArgumentException(
                        "Tensor " + tensorName + " is not found in " + checkpoint + " checkpoint " + shapes());
            }
            if (whole && !whole(targets.get(0)).fitsShape(tensor)) {
                throw new IllegalArgumentException("Shape of variable "
                        + targets.get(0).variable() + ":0 ("
                        + targets.get(0).shape().map(PythonText::tuple).orElse("<unknown>")
                        + ") doesn't match with shape of tensor " + tensorName + " ("
                        + PythonText.list(tensor.shape()) + ") from checkpoint reader.");
            }
            set(tensorName, targets, whole);
        }

        private void set(String tensorName, List<Wanted> targets, boolean whole) {
            for (Wanted target : targets) {
                if (!whole && target.part().isEmpty()) {
                    throw new IllegalArgumentException("Slices must all be slices: " + target.variable());
                }
                String first = targets.get(0).name();
                if (!whole && !target.name().equals(first)) {
                    throw new IllegalArgumentException(
                            "Slices must all be from the same tensor: " + first + " != " + target.name());
                }
                put(whole ? whole(target) : target, tensorName);
            }
        }

        private void put(Wanted variable, String tensorName) {
            assigned.remove(variable.variable());
            assigned.put(variable.variable(), Map.entry(variable, tensorName));
        }

        /** A single variable gets the whole tensor, even if it is a part of a partitioned variable. */
        private static Wanted whole(Wanted variable) {
            return new Wanted(
                    variable.variable(),
                    variable.variable(),
                    variable.dtype(),
                    variable.shape(),
                    Optional.empty(),
                    variable.reference(),
                    variable.trainable());
        }

        private void scope(String from, String current) {
            String scope = current.contains("/") ? current.substring(0, current.lastIndexOf('/')) : "";
            if (!from.endsWith("/")) {
                throw new IllegalArgumentException("Assignment map with scope only name " + scope
                        + " should map to scope only " + from + ". Should be 'scope/': 'other_scope/'.");
            }
            TreeSet<String> names = new TreeSet<>(TensorNames.ORDER);
            for (String name : store.keySet()) {
                if (scope.isEmpty() || name.startsWith(scope + "/")) {
                    names.add(name.contains(PART) ? name.substring(0, name.indexOf(PART)) : name);
                }
            }
            for (String name : names) {
                String suffix = name.substring(Math.min(name.length(), scope.length() + 1));
                // Like TensorFlow: without a scope, the first letter is removed instead of a slash.
                String rest = current.equals("/") ? name.substring(scope.length()) : suffix;
                String full = from.equals("/") ? rest : from + rest;
                String tensorName = full.endsWith("/") ? full.substring(0, full.length() - 1) : full;
                if (tensors.find(tensorName) == null) {
                    throw new IllegalArgumentException("Tensor " + tensorName + " (" + suffix + " in " + from
                            + ") is not found in " + checkpoint + " checkpoint");
                }
                set(tensorName, targets(name), store.containsKey(name));
            }
        }

        private String shapes() {
            Collection<TensorInfo> all = tensors.all();
            String shown = all.stream()
                    .limit(MAX_SHOWN)
                    .map(tensor -> PythonText.string(tensor.name()) + ": " + PythonText.list(tensor.shape()))
                    .collect(Collectors.joining(", ", "{", ""));
            return shown + (all.size() > MAX_SHOWN ? ", …}" : "}");
        }
    }

    /**
     * {@return the assignments in the order in which they were added, for example {@code {'var1': 'some_scope/my1'}}}
     */
    @Override
    public String toString() {
        return pairs.stream()
                .map(pair -> PythonText.string(pair.checkpointName) + ": " + PythonText.string(pair.current))
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
