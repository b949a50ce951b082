package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.restore.suggest.ExclusionSearch;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;

/** Searches for orders of axes that give tensors the shapes of their variables. */
final class Transpositions {
    private static final String VALUE = ObjectKeys.key("", ObjectKeys.VARIABLE_VALUE);

    private final Collection<TensorInfo> tensors;
    private final List<VariableSource> found;
    private final List<SuggestedTransposition> suggested = new ArrayList<>();

    private Transpositions(List<VariableSource> sources, Collection<TensorInfo> tensors) {
        this.tensors = tensors;
        this.found =
                sources.stream().filter(source -> source.tensor().isPresent()).toList();
    }

    /** Suggests rules for all tensors whose axes have another order than those of their variables. */
    static List<SuggestedTransposition> of(List<VariableSource> sources, Collection<TensorInfo> tensors) {
        Transpositions search = new Transpositions(sources, tensors);
        Map<List<Integer>, List<VariableSource>> byOrder = new LinkedHashMap<>();
        for (VariableSource source : search.found) {
            source.transposition()
                    .ifPresent(order -> byOrder.computeIfAbsent(order, none -> new ArrayList<>())
                            .add(source));
        }
        byOrder.forEach(search::suggest);
        return List.copyOf(search.suggested);
    }

    private void suggest(List<Integer> order, List<VariableSource> sources) {
        Set<String> others = new TreeSet<>();
        for (VariableSource source : found) {
            TensorInfo tensor = source.tensor().orElseThrow();
            if (has(tensor, order) && !source.wanted().fitsShape(AxisOrder.transposed(tensor, order))) {
                others.add(tensor.name());
            }
        }
        Set<String> left = new LinkedHashSet<>();
        sources.forEach(source -> left.add(source.tensor().orElseThrow().name()));
        List<String> globs = new ArrayList<>();
        for (String name : List.copyOf(left)) {
            String glob = anywhere(name);
            NamePattern pattern = NamePattern.of(glob);
            if (left.contains(name) && pattern.test(name) && others.stream().noneMatch(pattern)) {
                globs.add(glob);
                left.removeIf(pattern);
            }
        }
        globs.addAll(ExclusionSearch.search(left, others).globs());
        globs.forEach(glob -> suggest(glob, order, sources));
    }

    /** Returns a glob for the last part of a name, which tells a kernel from other matrices. */
    private static String anywhere(String name) {
        boolean isKey = name.endsWith(VALUE);
        String path = isKey ? name.substring(0, name.length() - VALUE.length()) : name;
        return "**" + path.substring(path.lastIndexOf('/') < 0 ? 0 : path.lastIndexOf('/')) + (isKey ? VALUE : "");
    }

    private void suggest(String glob, List<Integer> order, List<VariableSource> sources) {
        NamePattern pattern = NamePattern.of(glob);
        List<String> variables = sources.stream()
                .filter(source -> pattern.test(source.tensor().orElseThrow().name()))
                .map(source -> source.wanted().variable())
                .toList();
        List<TensorInfo> matching =
                tensors.stream().filter(tensor -> pattern.test(tensor.name())).toList();
        long unchanged = found.stream()
                .filter(source -> source.outcome() == Outcome.MATCHED)
                .map(source -> source.tensor().orElseThrow())
                .filter(tensor -> pattern.test(tensor.name()) && has(tensor, order))
                .count();
        boolean hasOtherRanks = matching.stream()
                .anyMatch(
                        tensor -> tensor.shape().rank() >= 2 && !tensor.shape().hasAxes(order));
        suggested.add(new SuggestedTransposition(glob, order, hasOtherRanks, variables, (int) unchanged));
    }

    private static boolean has(TensorInfo tensor, List<Integer> order) {
        return tensor.dtype().isFixedWidth() && tensor.shape().hasAxes(order);
    }

    /** Returns the tensor with the axes that the last suggestion for it gives. */
    static TensorInfo apply(List<SuggestedTransposition> suggestions, TensorInfo tensor) {
        TensorInfo result = tensor;
        for (SuggestedTransposition suggestion : suggestions) {
            if (has(tensor, suggestion.axes())
                    && NamePattern.of(suggestion.pattern()).test(tensor.name())) {
                result = AxisOrder.transposed(tensor, suggestion.axes());
            }
        }
        return result;
    }
}
