package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tfckpt.restore.suggest.ExclusionSearch;
import org.tfckpt.tensor.NamePattern;

/**
 * The shortest changes of a comparison that make a restore work: rules that find missing variables, orders of axes,
 * and exclusions of those that are not found. The result was compared again. Immutable and thread-safe.
 */
public final class SuggestedPlan {
    /** Up to this many patterns are suggested rather than to leave out state of optimizers that is found. */
    private static final int FEW = 5;

    private final List<SuggestedRule> rules;
    private final List<SuggestedTransposition> transpositions;
    private final boolean withoutSlots;
    private final List<SuggestedExclusion> exclusions;
    private final Comparison comparison;

    private SuggestedPlan(
            List<SuggestedRule> rules,
            List<SuggestedTransposition> transpositions,
            boolean withoutSlots,
            List<String> patterns,
            Comparison comparison) {
        this.rules = List.copyOf(rules);
        this.transpositions = List.copyOf(transpositions);
        this.withoutSlots = withoutSlots;
        this.comparison = comparison;
        Map<String, List<String>> excluded = new LinkedHashMap<>();
        patterns.forEach(pattern -> excluded.put(pattern, new ArrayList<>()));
        for (VariableSource source : comparison.excluded()) {
            source.exclusion()
                    .map(pattern -> excluded.get(pattern.toString()))
                    .ifPresent(variables -> variables.add(source.wanted().variable()));
        }
        List<SuggestedExclusion> suggested = new ArrayList<>();
        excluded.forEach((pattern, variables) -> suggested.add(new SuggestedExclusion(pattern, variables)));
        this.exclusions = List.copyOf(suggested);
    }

    /**
     * Searches for the changes, starting with the {@linkplain Comparison#suggestions suggestions}.
     *
     * @param comparison the comparison to change
     * @return the plan; without changes if the comparison is complete
     */
    public static SuggestedPlan of(Comparison comparison) {
        if (comparison.isComplete()) {
            return new SuggestedPlan(List.of(), List.of(), false, List.of(), comparison);
        }
        Suggestions suggestions = comparison.suggestions();
        Comparison found = comparison.with(suggestions.mapping(), Exclusions.NONE);
        List<SuggestedTransposition> transpositions =
                Transpositions.of(found.variables(), found.tensors().all());
        Comparison renamed = found.with(transpositions);
        if (renamed.matched().isEmpty()) {
            // To exclude all variables would not be a restore.
            return new SuggestedPlan(suggestions.rules(), transpositions, false, List.of(), renamed);
        }
        ExclusionSearch.Result search = search(renamed);
        boolean withoutSlots = areSlotsLeft(renamed, search);
        Comparison reduced = renamed.with(NameMapping.NONE, new Exclusions(List.of(), withoutSlots));
        ExclusionSearch.Result result = withoutSlots ? search(reduced) : search;
        // If some variables are left anyway, single ones are not worth a pattern.
        List<String> patterns = result.globs().stream()
                .filter(glob -> result.left().isEmpty() || glob.contains("*"))
                .toList();
        Exclusions exclusions =
                new Exclusions(patterns.stream().map(NamePattern::of).toList(), false);
        return new SuggestedPlan(
                suggestions.rules(),
                transpositions,
                withoutSlots,
                patterns,
                reduced.with(NameMapping.NONE, exclusions));
    }

    /**
     * Returns whether all state of optimizers is to be left out: because none is found, or because nothing else is
     * missing and a few patterns would not do.
     */
    private static boolean areSlotsLeft(Comparison comparison, ExclusionSearch.Result search) {
        Set<VariableSource> slots = new LinkedHashSet<>(comparison.slots());
        List<VariableSource> open = comparison.open();
        boolean few = search.left().isEmpty() && search.globs().size() <= FEW;
        return comparison.matched().stream().noneMatch(slots::contains)
                ? open.stream().anyMatch(slots::contains)
                : !few && !open.isEmpty() && slots.containsAll(open);
    }

    private static ExclusionSearch.Result search(Comparison comparison) {
        Set<String> open = new LinkedHashSet<>();
        comparison.open().forEach(source -> open.add(source.name()));
        Set<String> found = new LinkedHashSet<>();
        comparison.matched().forEach(source -> {
            found.add(source.name());
            found.add(source.wanted().variable());
        });
        return ExclusionSearch.search(open, found);
    }

    private static Set<String> names(List<VariableSource> sources) {
        Set<String> names = new LinkedHashSet<>();
        sources.forEach(source -> names.add(source.wanted().variable()));
        return names;
    }

    /**
     * {@return rules to be applied after the existing mapping, together and in this order, as {@link
     * Suggestions#rules}}
     */
    public List<SuggestedRule> rules() {
        return rules;
    }

    /**
     * {@return orders of axes for tensors whose shapes are permutations of those of their variables, as between
     * frameworks} A restore cannot change the order; {@code org.tfckpt.edit.Rewrite} can.
     */
    public List<SuggestedTransposition> transpositions() {
        return transpositions;
    }

    /**
     * {@return whether {@linkplain RestorePlan.Builder#withoutSlots the state of optimizers should be excluded}:
     * because none of it is found, or nothing else is missing and no short list of patterns keeps what is found}
     */
    public boolean withoutSlots() {
        return withoutSlots;
    }

    /**
     * {@return patterns for the variables that are still not found, the one that excludes most variables first, in
     * addition to the existing ones; empty if no variable would be left}
     */
    public List<SuggestedExclusion> exclusions() {
        return exclusions;
    }

    /** {@return the comparison with these changes} */
    public Comparison comparison() {
        return comparison;
    }

    /**
     * {@return whether a restore works with these changes: the comparison is complete and at least one variable is
     * found}
     */
    public boolean isComplete() {
        return comparison.isComplete() && !comparison.matched().isEmpty();
    }

    /**
     * {@return patterns for the names in the graph of all variables that are not restored, for any reason; empty if
     * there is no short list of them} No pattern matches a variable that is restored.
     */
    public Optional<List<String>> notRestored() {
        Set<String> restored = names(comparison.matched());
        Set<String> others = names(comparison.variables());
        others.removeAll(restored);
        ExclusionSearch.Result result = ExclusionSearch.search(others, restored);
        return result.left().isEmpty() ? Optional.of(result.globs()) : Optional.empty();
    }
}
