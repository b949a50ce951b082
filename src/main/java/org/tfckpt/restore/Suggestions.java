package org.tfckpt.restore;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.tfckpt.restore.suggest.RuleSearch;
import org.tfckpt.restore.suggest.Variable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * Suggests sources of missing variables: rules that find many of them, and for each variable the most likely tensors
 * among those that no variable uses.
 *
 * <p>Names are compared part by part. Common synonyms count as equal ({@code weights} and {@code kernel},
 * {@code BasicLSTMCell/Linear/Matrix} and {@code basic_lstm_cell/kernel}, a name and the key of an object); shapes and
 * dtypes decide between similar names. The time is proportional to the number of names. Immutable and thread-safe.
 */
public final class Suggestions {
    /** The modules of PyTorch, whose layers have other layouts, have dots in their names. */
    private static final List<String> DOTS = List.of("s#\\.#/#g");

    private final List<VariableSource> missing;
    private final Tensors tensors;
    private final RuleSearch search;
    private final Map<String, String> namesByRule;

    private Suggestions(List<VariableSource> missing, Tensors tensors, RuleSearch search) {
        this.missing = missing;
        this.tensors = tensors;
        this.search = search;
        this.namesByRule = search.names();
    }

    static Suggestions of(List<VariableSource> sources, Tensors tensors, Collection<TensorInfo> unused) {
        List<VariableSource> missing = sources.stream()
                .filter(source -> source.outcome() == Outcome.MISSING)
                .toList();
        Map<String, TensorInfo> candidates = new LinkedHashMap<>();
        if (!missing.isEmpty()) {
            Set<TensorInfo> free = new HashSet<>(unused);
            tensors.names().forEach(name -> {
                TensorInfo tensor = Objects.requireNonNull(tensors.find(name));
                if (free.contains(tensor)) {
                    candidates.put(name, tensor);
                }
            });
        }
        List<Variable> variables = sources.stream()
                .filter(source -> source.outcome() != Outcome.EXCLUDED)
                .map(Suggestions::variable)
                .toList();
        return new Suggestions(
                missing,
                tensors,
                new RuleSearch(
                        variables, candidates, tensors::find, NameMapping::sed, isDotted(missing) ? DOTS : List.of()));
    }

    /** Returns whether the names looked for are those of PyTorch's modules. */
    private static boolean isDotted(List<VariableSource> sources) {
        return sources.stream().anyMatch(source -> isDotted(source.tensorName()))
                && sources.stream().noneMatch(source -> source.tensorName().contains("/"));
    }

    private static boolean isDotted(String name) {
        return name.contains(".") && !name.contains("/");
    }

    private static Variable variable(VariableSource source) {
        Wanted wanted = source.wanted();
        Shape shape = wanted.tensorShape().orElse(Shape.of());
        TensorInfo expected = new TensorInfo(source.tensorName(), wanted.dtype().number(), shape, null, List.of());
        return new Variable(
                wanted.variable(),
                wanted.name(),
                expected,
                source.outcome() == Outcome.MISSING,
                tensor -> isDotted(wanted.variable()) ? AxisOrder.fits(wanted, tensor) : wanted.fits(tensor));
    }

    /**
     * {@return rules that find missing variables, to be applied together and in this order, after the existing mapping,
     * the one that finds most variables first; empty if no rule explains any of them}
     */
    public List<SuggestedRule> rules() {
        return search.rules().stream()
                .map(rule -> new SuggestedRule(rule.text(), rule.found()))
                .toList();
    }

    /** {@return all rules as one mapping, to be applied after the existing one} */
    public NameMapping mapping() {
        NameMapping mapping = NameMapping.NONE;
        for (SuggestedRule rule : rules()) {
            mapping = mapping.then(NameMapping.sed(rule.rule()));
        }
        return mapping;
    }

    /**
     * Returns the most likely sources of a missing variable: the tensor found by a rule, or else the most similar ones.
     *
     * @param source a variable of the comparison
     * @return at most three suggestions, the most likely first; empty if the variable is not missing or no tensor is
     *     similar
     */
    public List<Suggestion> of(VariableSource source) {
        if (source.outcome() != Outcome.MISSING) {
            return List.of();
        }
        String byRule = namesByRule.get(source.wanted().variable());
        Stream<String> names = byRule == null ? search.similar(variable(source)).stream() : Stream.of(byRule);
        return names.map(name -> {
                    TensorInfo tensor = Objects.requireNonNull(tensors.find(name));
                    return new Suggestion(name, tensor, source.wanted().fits(tensor));
                })
                .toList();
    }

    /**
     * Returns lines of a map file for the missing variables that have a likely source with the right shape and dtype,
     * whether or not a rule explains them. Review the lines before you use them.
     *
     * @return lines {@code name in the checkpoint -> name wanted}; each tensor occurs in one line at most, unless a
     *     rule maps several variables to it
     */
    public List<String> mapLines() {
        Set<String> used = new HashSet<>(namesByRule.values());
        Map<String, String> lines = new LinkedHashMap<>();
        for (VariableSource source : missing) {
            String wanted = source.name();
            of(source).stream()
                    .filter(suggestion -> suggestion.fits() && TensorNames.isUtf8(suggestion.name()))
                    .map(Suggestion::name)
                    .filter(name -> name.equals(namesByRule.get(source.wanted().variable())) || !used.contains(name))
                    .findFirst()
                    .filter(name -> lines.putIfAbsent(wanted, MapFile.line(name, wanted)) == null)
                    .ifPresent(used::add);
        }
        return List.copyOf(lines.values());
    }
}
