package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * Where missing variables may be: rules that explain many of them, and for each the likeliest tensors among those that no
 * variable uses.
 *
 * <p>Names are compared part by part, in one spelling for what the years have called differently ({@code weights} and
 * {@code kernel}, {@code BasicLSTMCell/Linear/Matrix} and {@code basic_lstm_cell/kernel}, a name and the key of an
 * object); shapes and dtypes decide between names that are alike. The work grows with the number of names, not with its
 * square.
 */
public final class Suggestions {
    private final List<VariableSource> missing;
    private final Tensors tensors;
    private final Ranking ranking;
    private final RuleSearch.Found found;

    private Suggestions(List<VariableSource> missing, Tensors tensors, Ranking ranking, RuleSearch.Found found) {
        this.missing = missing;
        this.tensors = tensors;
        this.ranking = ranking;
        this.found = found;
    }

    static Suggestions of(List<VariableSource> sources, Tensors tensors, Collection<TensorInfo> unused) {
        List<VariableSource> missing = sources.stream()
                .filter(source -> source.outcome() == Outcome.MISSING)
                .toList();
        Map<String, List<String>> fullNames = new HashMap<>();
        tensors.fullNames()
                .forEach((name, key) -> fullNames
                        .computeIfAbsent(key, none -> new ArrayList<>(1))
                        .add(name));
        Roles roles = new Roles(sources, tensors);
        Ranking ranking = new Ranking(missing.isEmpty() ? List.of() : unused, fullNames, roles);
        return new Suggestions(missing, tensors, ranking, new RuleSearch(sources, tensors, ranking, roles).search());
    }

    /**
     * Rules that find missing variables, to be applied together and in this order, after the mapping that there is.
     *
     * @return the one that finds most first; none if no rule explains anything
     */
    public List<SuggestedRule> rules() {
        return found.rules();
    }

    /**
     * All rules as a mapping.
     *
     * @return to be put behind the mapping that there is
     */
    public NameMapping mapping() {
        NameMapping mapping = NameMapping.NONE;
        for (SuggestedRule rule : found.rules()) {
            mapping = mapping.then(NameMapping.sed(rule.rule()));
        }
        return mapping;
    }

    /**
     * The likeliest sources of a missing variable: what a rule finds, or else what looks alike.
     *
     * @param source one of the comparison's
     * @return at most three, the likeliest first; none if it is not missing, or nothing is like it
     */
    public List<Suggestion> of(VariableSource source) {
        if (source.outcome() != Outcome.MISSING) {
            return List.of();
        }
        return byRule(source.wanted())
                .map(List::of)
                .orElseGet(() -> ranking.suggestions(source.wanted(), source.tensorName()));
    }

    private Optional<Suggestion> byRule(Wanted wanted) {
        return Optional.ofNullable(found.names().get(wanted.variable()))
                .flatMap(name ->
                        Optional.ofNullable(tensors.find(name)).map(tensor -> new Suggestion(name, tensor, true)));
    }

    /**
     * Lines of a map file for the missing variables that have a likely source of the right shape and dtype: for where no
     * rule explains them. A person should look them through.
     *
     * @return lines {@code name in the checkpoint -> name wanted}; no tensor twice
     */
    public List<String> mapLines() {
        Set<String> used = new LinkedHashSet<>(found.names().values());
        List<String> lines = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (VariableSource source : missing) {
            String wanted = source.wanted().name();
            of(source).stream()
                    .filter(suggestion -> suggestion.fits() && TensorNames.isUtf8(suggestion.name()))
                    .filter(suggestion -> suggestion
                                    .name()
                                    .equals(found.names().get(source.wanted().variable()))
                            || !used.contains(suggestion.name()))
                    .findFirst()
                    .filter(suggestion -> names.add(wanted))
                    .ifPresent(suggestion -> {
                        used.add(suggestion.name());
                        lines.add(MapFile.line(suggestion.name(), wanted));
                    });
        }
        return List.copyOf(lines);
    }
}
