package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Corpus.Expected;

@DisplayName("Real checkpoints, and graphs that differ from them in a known way")
class BrokenPairsTest {
    static List<Expected> real() {
        return Corpus.v2().stream()
                .filter(expected -> !expected.toString().startsWith("golden"))
                .toList();
    }

    private static List<TensorInfo> tensors(Expected expected) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
            return checkpoint.tensors().toList();
        }
    }

    private static List<Wanted> variables(List<TensorInfo> tensors) {
        Tensors all = Tensors.of(tensors, Map.of());
        return tensors.stream()
                .filter(tensor -> !all.isBookkeeping(tensor))
                .map(tensor -> Wanted.of(tensor.name(), tensor.dtype(), tensor.shape()))
                .toList();
    }

    private static List<Wanted> renamed(List<Wanted> variables, UnaryOperator<String> names) {
        return variables.stream()
                .map(variable -> Wanted.of(
                        names.apply(variable.name()),
                        variable.dtype(),
                        variable.shape().orElseThrow()))
                .toList();
    }

    /** The scope with most variables in it. */
    private static String scope(List<Wanted> variables) {
        Map<String, Integer> scopes = new TreeMap<>();
        for (Wanted variable : variables) {
            int slash = variable.name().indexOf('/');
            // What has but a value below it is the variable itself.
            if (slash > 0 && !variable.name().startsWith(".ATTRIBUTES", slash + 1)) {
                scopes.merge(variable.name().substring(0, slash + 1), 1, Integer::sum);
            }
        }
        return scopes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse("");
    }

    private static void explained(List<TensorInfo> tensors, List<Wanted> variables, UnaryOperator<String> names) {
        List<Wanted> changed = renamed(variables, names);
        Comparison comparison = Comparison.of(changed, tensors, NameMapping.NONE, List.of());
        List<String> missing =
                comparison.missing().stream().map(VariableSource::tensorName).toList();
        List<String> different = new ArrayList<>();
        for (int i = 0; i < variables.size(); i++) {
            if (!variables.get(i).name().equals(changed.get(i).name())) {
                different.add(changed.get(i).name());
            }
        }
        assertThat(missing).containsExactlyElementsOf(different);
        Suggestions suggestions = comparison.suggestions();
        NameMapping pasted = suggestions.mapping();
        Comparison again = Comparison.of(changed, tensors, pasted, List.of());
        assertThat(again.missing())
                .as("missing with %s of %s", suggestions.rules(), missing)
                .isEmpty();
        assertThat(again.isComplete()).isTrue();
        assertThat(again.collisions()).isEmpty();
        assertThat(again.idleRules()).isEmpty();
        List<String> sources = again.matched().stream()
                .map(source -> source.tensor().orElseThrow().name())
                .toList();
        assertThat(sources)
                .as("sources with %s", suggestions.rules())
                .containsExactlyElementsOf(variables.stream().map(Wanted::name).toList());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("real")
    void aRenamedScope(Expected expected) throws IOException {
        List<TensorInfo> tensors = tensors(expected);
        List<Wanted> variables = variables(tensors);
        String scope = scope(variables);
        assumeThat(scope).isNotEmpty();
        explained(
                tensors,
                variables,
                name -> name.startsWith(scope) ? "renamed_it/" + name.substring(scope.length()) : name);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("real")
    void aScopeAroundEverything(Expected expected) throws IOException {
        List<TensorInfo> tensors = tensors(expected);
        List<Wanted> variables = variables(tensors);
        assumeThat(variables).isNotEmpty();
        explained(tensors, variables, name -> "tower/" + name);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("real")
    void aScopeThatIsGone(Expected expected) throws IOException {
        List<TensorInfo> tensors = tensors(expected);
        List<Wanted> variables = variables(tensors);
        String scope = scope(variables);
        List<Wanted> within = variables.stream()
                .filter(variable -> variable.name().startsWith(scope))
                .toList();
        assumeThat(scope).isNotEmpty();
        List<Wanted> bare = renamed(within, name -> name.substring(scope.length()));
        Comparison comparison = Comparison.of(bare, tensors, NameMapping.NONE, List.of());
        if (comparison.matched().isEmpty() && scopesThatFit(bare, tensors) > 1) {
            // Layers that are alike: nobody can tell which one was meant, and a guess would be worse than nothing.
            assertThat(comparison.suggestions().rules())
                    .noneMatch(rule -> rule.found().size() == bare.size());
            assertThat(comparison.missing())
                    .filteredOn(source -> !source.tensorName().startsWith(".ATTRIBUTES"))
                    .allMatch(source -> comparison.suggestions().of(source).size() > 1);
            return;
        }
        explained(tensors, within, name -> name.substring(scope.length()));
    }

    private static long scopesThatFit(List<Wanted> variables, List<TensorInfo> tensors) {
        Map<String, TensorInfo> byName = new TreeMap<>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        String first = variables.get(0).name();
        return tensors.stream()
                .map(TensorInfo::name)
                .filter(name -> name.endsWith("/" + first))
                .map(name -> name.substring(0, name.length() - first.length()))
                .filter(scope -> variables.stream().allMatch(variable -> {
                    TensorInfo tensor = byName.get(scope + variable.name());
                    return tensor != null && variable.fits(tensor);
                }))
                .count();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("real")
    void removedVariablesAndTensorsAndOthersShapesAndDtypes(Expected expected) throws IOException {
        List<TensorInfo> tensors = tensors(expected);
        List<Wanted> variables = variables(tensors);
        List<TensorInfo> there = new ArrayList<>();
        List<Wanted> wanted = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<String> unused = new ArrayList<>();
        List<String> shapes = new ArrayList<>();
        List<String> dtypes = new ArrayList<>();
        Map<String, TensorInfo> byName = new TreeMap<>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        for (int i = 0; i < variables.size(); i++) {
            Wanted variable = variables.get(i);
            there.add(byName.get(variable.name()));
            Shape shape = variable.shape().orElseThrow();
            switch (i % 5) {
                case 0 -> {
                    there.remove(there.size() - 1);
                    missing.add(variable.name());
                    wanted.add(variable);
                }
                case 1 -> unused.add(variable.name());
                case 2 -> {
                    shapes.add(variable.name());
                    long[] longer = java.util.Arrays.copyOf(shape.toArray(), shape.rank() + 1);
                    wanted.add(Wanted.of(variable.name(), variable.dtype(), Shape.of(longer)));
                }
                case 3 -> {
                    dtypes.add(variable.name());
                    wanted.add(Wanted.of(variable.name(), DataType.DT_COMPLEX64, shape));
                }
                default -> wanted.add(variable);
            }
        }
        Comparison comparison = Comparison.of(wanted, there, NameMapping.NONE, List.of());
        assertThat(names(comparison.missing())).isEqualTo(missing);
        assertThat(names(comparison.shapeMismatches())).isEqualTo(shapes);
        assertThat(names(comparison.dtypeMismatches())).isEqualTo(dtypes);
        assertThat(comparison.unused()).extracting(TensorInfo::name).containsExactlyElementsOf(unused);
        // Nothing of this is a matter of names: a rule may find something, but it takes nothing away.
        NameMapping pasted = comparison.suggestions().mapping();
        Comparison again = Comparison.of(wanted, there, pasted, List.of());
        assertThat(names(again.matched())).containsAll(names(comparison.matched()));
        assertThat(names(again.shapeMismatches())).containsAll(shapes);
        assertThat(again.collisions()).isEmpty();
    }

    private static List<String> names(List<VariableSource> sources) {
        return sources.stream().map(source -> source.wanted().name()).toList();
    }
}
