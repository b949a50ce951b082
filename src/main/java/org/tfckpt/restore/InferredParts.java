package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * Recognises the parts of partitioned variables by their names, for graphs that do not state them: {@code emb/part_0}
 * and {@code emb/part_1} are slices of {@code emb}, and {@code emb/part_0/Adam} one of {@code emb/Adam}, if the
 * checkpoint has a tensor of that name whose shape is the parts' together.
 */
final class InferredParts {
    private static final Pattern PART = Pattern.compile("(?s)(.*)/part_(0|[1-9][0-9]{0,5})(/.*)?");

    private final Tensors tensors;
    private final UnaryOperator<String> mapping;
    private final List<NamedVariable> variables;

    /** The parts of each partitioned variable. */
    private final Map<String, List<Wanted>> found = new LinkedHashMap<>();

    private InferredParts(Collection<NamedVariable> variables, Tensors tensors, UnaryOperator<String> mapping) {
        this.variables = new ArrayList<>(variables);
        this.tensors = tensors;
        this.mapping = mapping;
    }

    /** Replaces variables by the parts that they are. */
    static InferredParts of(Collection<NamedVariable> variables, Tensors tensors, UnaryOperator<String> mapping) {
        InferredParts inferred = new InferredParts(variables, tensors, mapping);
        Map<String, NavigableMap<Integer, Integer>> groups = inferred.groups();
        // What is a variable of its own is not made up of others.
        variables.forEach(variable -> groups.remove(variable.name()));
        groups.forEach(inferred::infer);
        return inferred;
    }

    /** Returns all variables in their order. */
    List<NamedVariable> variables() {
        return variables;
    }

    /** Returns a sentence about the parts that were recognised; none if there are none. */
    List<String> notes() {
        if (found.isEmpty()) {
            return List.of();
        }
        Map.Entry<String, List<Wanted>> first = found.entrySet().iterator().next();
        String whole = "'" + TensorNames.printable(first.getKey()) + "'";
        String part = "'" + TensorNames.printable(first.getValue().get(0).variable()) + "'";
        long parts = found.values().stream().mapToLong(List::size).sum();
        String tensors = found.size() == 1 ? whole : found.size() + " tensors such as " + whole;
        return List.of((parts == 1
                        ? part + " is taken for a slice"
                        : parts + " variables such as " + part + " are taken for slices")
                + " of " + tensors + ", judged by names and shapes: the graph does not state partitions");
    }

    /** Returns the positions of the variables that may be parts, by the name of the whole and the number of the part. */
    private Map<String, NavigableMap<Integer, Integer>> groups() {
        Map<String, NavigableMap<Integer, Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < variables.size(); i++) {
            NamedVariable variable = variables.get(i);
            Matcher part = PART.matcher(variable.name());
            if (variable.wanted().part().isEmpty()
                    && variable.name().equals(variable.wanted().name())
                    && part.matches()) {
                String whole = part.group(1) + (part.group(3) == null ? "" : part.group(3));
                groups.computeIfAbsent(whole, none -> new TreeMap<>()).put(Integer.valueOf(part.group(2)), i);
            }
        }
        return groups;
    }

    private void infer(String whole, NavigableMap<Integer, Integer> positions) {
        List<Wanted> parts = positions.values().stream()
                .map(position -> variables.get(position).wanted())
                .toList();
        TensorInfo tensor = tensors.find(mapping.apply(whole));
        boolean complete = positions.lastKey() == parts.size() - 1
                && parts.stream()
                        .allMatch(part -> part.dtype() == parts.get(0).dtype()
                                && tensors.find(mapping.apply(part.name())) == null);
        List<TensorSlice> slices = tensor == null || !complete ? null : slices(parts, tensor.shape());
        if (tensor == null || slices == null) {
            return;
        }
        int next = 0;
        for (int position : positions.values()) {
            ShapeAndSlice slice = new ShapeAndSlice(tensor.shape(), slices.get(next));
            Wanted part = parts.get(next++);
            variables.set(
                    position,
                    NamedVariable.of(new Wanted(
                            part.variable(),
                            whole,
                            part.dtype(),
                            part.shape(),
                            Optional.of(slice),
                            part.reference(),
                            part.trainable())));
        }
        found.put(whole, parts);
    }

    /** Returns the slices that the parts are; null if their shapes do not make up the whole. */
    private static @Nullable List<TensorSlice> slices(List<Wanted> parts, Shape whole) {
        for (int axis = 0; axis < whole.rank(); axis++) {
            List<TensorSlice> slices = new ArrayList<>();
            long start = 0;
            for (Wanted part : parts) {
                Shape shape = part.shape().orElse(null);
                if (shape == null || !equalExcept(axis, shape, whole)) {
                    break;
                }
                long[] starts = new long[whole.rank()];
                long[] lengths = new long[whole.rank()];
                Arrays.fill(lengths, TensorSlice.FULL);
                starts[axis] = start;
                lengths[axis] = shape.dimension(axis);
                start += lengths[axis];
                slices.add(TensorSlice.ofExtents(starts, lengths));
            }
            if (slices.size() == parts.size() && start == whole.dimension(axis)) {
                return slices;
            }
        }
        return null;
    }

    /** Returns whether a part has the shape of the whole but for one axis, where it fits. */
    private static boolean equalExcept(int axis, Shape part, Shape whole) {
        if (part.rank() != whole.rank()) {
            return false;
        }
        for (int i = 0; i < part.rank(); i++) {
            boolean equal = part.dimension(i) == whole.dimension(i);
            boolean fits = part.dimension(i) > 0 && part.dimension(i) <= whole.dimension(i);
            if (i == axis ? !fits : !equal) {
                return false;
            }
        }
        return true;
    }
}
