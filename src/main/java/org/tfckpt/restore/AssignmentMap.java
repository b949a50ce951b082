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
 * The assignments of {@code tf.train.init_from_checkpoint}, with its rules and its errors: from the checkpoint's names to
 * the graph's, tensor to variable or scope to scope.
 *
 * <pre>{@code
 * AssignmentMap.of(Map.of("old_scope/", "new_scope/")).and("var1", "some_scope/my1").plan(variables, checkpoint);
 * }</pre>
 *
 * <p>Variables that no assignment names are left alone. Assignments are worked off in the order of the checkpoint's
 * names; where two name one variable, the later wins. A scope is written with a slash at its end; {@code "/"} is the
 * root. As there, a name that is no variable's is taken for a scope, so that a misspelt one gives an error about scopes.
 * Immutable.
 */
public final class AssignmentMap {
    /** An assignment of nothing. */
    public static final AssignmentMap EMPTY = new AssignmentMap(List.of());

    private static final String PART = "/part_";

    /** TensorFlow shows all; a person looks at fewer. */
    private static final int MOST_SHOWN = 100;

    /** One assignment: to variables, or else to the name. */
    private record Pair(
            String checkpointName, String current, @Nullable List<Wanted> variables, boolean single) {}

    private final List<Pair> pairs;

    private AssignmentMap(List<Pair> pairs) {
        this.pairs = pairs;
    }

    /**
     * Assignments by name.
     *
     * @param assignments from a tensor (or scope) of the checkpoint to a variable (or scope) of the graph
     * @return the assignments
     */
    public static AssignmentMap of(Map<String, String> assignments) {
        AssignmentMap map = EMPTY;
        for (Map.Entry<String, String> pair : assignments.entrySet()) {
            map = map.and(pair.getKey(), pair.getValue());
        }
        return map;
    }

    /**
     * One more; a tensor may be assigned to several variables.
     *
     * @param checkpointName a tensor, or a scope with a slash at its end
     * @param current a variable, a partitioned one without {@code /part_0}, or a scope
     * @return these and that
     */
    public AssignmentMap and(String checkpointName, String current) {
        return with(new Pair(checkpointName, current, null, false));
    }

    /**
     * One more.
     *
     * @param checkpointName a tensor
     * @param variable takes all of it
     * @return these and that
     */
    public AssignmentMap and(String checkpointName, Wanted variable) {
        return with(new Pair(checkpointName, variable.variable(), List.of(variable), true));
    }

    /**
     * One more.
     *
     * @param checkpointName a tensor
     * @param parts the parts of a partitioned variable: each takes its own
     * @return these and that
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
     * Works the assignments out, and makes a strict plan of them: it throws before it reads, if what was assigned by
     * scopes is of another shape, or anything of another dtype (which TensorFlow sees when it assigns).
     *
     * @param variables the graph's
     * @param checkpoint where the values are
     * @return a plan for the variables that are assigned
     * @throws IllegalArgumentException with TensorFlow's text, if a tensor is missing, a shape is another one, or names and
     *     scopes do not go together
     * @throws IOException if the checkpoint's index cannot be read
     */
    public RestorePlan plan(Collection<Wanted> variables, Checkpoint checkpoint) throws IOException {
        Tensors tensors = RestorePlan.tensorsOf(checkpoint);
        Map<Wanted, String> assigned = new Work(variables, tensors, checkpoint.prefix()).assign(pairs);
        return RestorePlan.of(checkpoint, Comparison.ofPairs(assigned, tensors));
    }

    /** The assignments against one graph and one checkpoint. */
    private static final class Work {
        private final Map<String, Wanted> store = new LinkedHashMap<>();
        private final Tensors tensors;
        private final String checkpoint;

        /** By the graph's name of the variable: the last assignment wins. */
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
                List<Wanted> given = pair.variables;
                Wanted single = given == null ? store.get(pair.current) : pair.single ? given.get(0) : null;
                List<Wanted> parts = single != null ? List.of() : given == null ? parts(pair.current) : given;
                if (single == null && parts.isEmpty() && given == null) {
                    scope(pair.checkpointName, pair.current);
                } else {
                    one(pair.checkpointName, single, parts);
                }
            }
            Map<Wanted, String> result = new LinkedHashMap<>();
            assigned.values().forEach(pair -> result.put(pair.getKey(), pair.getValue()));
            return result;
        }

        private List<Wanted> parts(String name) {
            List<Wanted> parts = new ArrayList<>();
            for (Wanted part = store.get(name + PART + 0); part != null; part = store.get(name + PART + parts.size())) {
                parts.add(part);
            }
            return parts;
        }

        private void one(String tensorName, @Nullable Wanted single, List<Wanted> parts) {
            TensorInfo tensor = tensors.find(tensorName);
            if (tensor == null) {
                throw new IllegalArgumentException(
                        "Tensor " + tensorName + " is not found in " + checkpoint + " checkpoint " + shapes());
            }
            if (single != null && !whole(single).fitsShape(tensor)) {
                throw new IllegalArgumentException("Shape of variable " + single.variable() + ":0 ("
                        + single.shape().map(PythonText::tuple).orElse("<unknown>")
                        + ") doesn't match with shape of tensor " + tensorName + " ("
                        + PythonText.list(tensor.shape()) + ") from checkpoint reader.");
            }
            set(tensorName, single, parts);
        }

        private void set(String tensorName, @Nullable Wanted single, List<Wanted> parts) {
            if (single != null) {
                put(whole(single), tensorName);
                return;
            }
            String first = parts.isEmpty() ? "" : parts.get(0).name();
            for (Wanted part : parts) {
                if (part.part().isEmpty()) {
                    throw new IllegalArgumentException("Slices must all be slices: " + part.variable());
                }
                if (!part.name().equals(first)) {
                    throw new IllegalArgumentException(
                            "Slices must all be from the same tensor: " + first + " != " + part.name());
                }
                put(part, tensorName);
            }
        }

        private void put(Wanted variable, String tensorName) {
            assigned.remove(variable.variable());
            assigned.put(variable.variable(), Map.entry(variable, tensorName));
        }

        /** A single variable takes a whole tensor, be it a part of another variable or not. */
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
                // As TensorFlow does it: without a scope the first letter falls victim to the slash that is not there.
                String rest = current.equals("/") ? name.substring(scope.length()) : suffix;
                String full = from.equals("/") ? rest : from + rest;
                String tensorName = full.endsWith("/") ? full.substring(0, full.length() - 1) : full;
                if (tensors.find(tensorName) == null) {
                    throw new IllegalArgumentException("Tensor " + tensorName + " (" + suffix + " in " + from
                            + ") is not found in " + checkpoint + " checkpoint");
                }
                set(tensorName, store.get(name), parts(name));
            }
        }

        private String shapes() {
            Collection<TensorInfo> all = tensors.all();
            String shown = all.stream()
                    .limit(MOST_SHOWN)
                    .map(tensor -> PythonText.string(tensor.name()) + ": " + PythonText.list(tensor.shape()))
                    .collect(Collectors.joining(", ", "{", ""));
            return shown + (all.size() > MOST_SHOWN ? ", …}" : "}");
        }
    }

    /**
     * The assignments in the order they were made.
     *
     * @return for example {@code {'var1': 'some_scope/my1'}}
     */
    @Override
    public String toString() {
        return pairs.stream()
                .map(pair -> PythonText.string(pair.checkpointName) + ": " + PythonText.string(pair.current))
                .collect(Collectors.joining(", ", "{", "}"));
    }
}
