package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;

/**
 * Compares the variables of a graph with the tensors of a checkpoint: finds the tensor for each variable, variables
 * that are missing or have another shape or dtype, and unused tensors.
 *
 * <p>Only the index is read, no values. Immutable and thread-safe.
 */
public final class Comparison {
    private final List<VariableSource> sources;
    private final List<TensorInfo> unused;
    private final List<NamePattern> idleExclusions;
    private final List<String> idleRules;
    private final List<NameMapping.Collision> collisions;
    private final Tensors tensors;
    private final @Nullable NameKind names;
    private final List<String> notes;
    private final Set<String> slots;
    private final boolean partial;

    // Computed on first use. Two threads may both compute it; the results are equal.
    private volatile @Nullable Suggestions suggestions;

    private Comparison(
            List<VariableSource> sources,
            Tensors tensors,
            Set<String> slots,
            List<NamePattern> idleExclusions,
            List<String> idleRules,
            List<NameMapping.Collision> collisions,
            @Nullable NameKind names,
            List<String> notes,
            boolean partial) {
        this.sources = List.copyOf(sources);
        this.tensors = tensors;
        this.names = names;
        this.notes = List.copyOf(notes);
        this.slots = slots;
        this.partial = partial;
        this.idleExclusions = List.copyOf(idleExclusions);
        this.idleRules = List.copyOf(idleRules);
        this.collisions = collisions;
        Set<String> used = new HashSet<>();
        for (VariableSource source : sources) {
            source.tensor().ifPresent(tensor -> used.add(tensor.name()));
        }
        this.unused = tensors.all().stream()
                .filter(tensor -> !used.contains(tensor.name()) && !tensors.isBookkeeping(tensor))
                .toList();
    }

    /** Returns this comparison as one of a graph that may have more variables. */
    Comparison asPartial() {
        return new Comparison(sources, tensors, slots, idleExclusions, idleRules, collisions, names, notes, true);
    }

    /**
     * Compares variables with tensors.
     *
     * @param wanted the variables, in the order of the report
     * @param tensors the tensors, in the order of the report
     * @param mapping maps names in the graph to names in the checkpoint
     * @param exclusions patterns for variables to exclude, by name in the graph or saved name
     * @return the comparison
     * @throws IllegalArgumentException with TensorFlow's text, if two variables have the same name or one has two names
     */
    public static Comparison of(
            Collection<Wanted> wanted,
            Collection<TensorInfo> tensors,
            NameMapping mapping,
            Collection<NamePattern> exclusions) {
        return of(
                wanted.stream().map(NamedVariable::of).toList(),
                Tensors.of(tensors, Map.of()),
                mapping,
                new Exclusions(List.copyOf(exclusions), false),
                null);
    }

    /** Compares variables with tensors, and states by which kind of names; null if there is only one. */
    static Comparison of(
            Collection<NamedVariable> variables,
            Tensors tensors,
            NameMapping mapping,
            Exclusions exclusions,
            @Nullable NameKind kind) {
        InferredParts inferred = InferredParts.of(variables, tensors, mapping);
        SavedNames.check(
                inferred.variables().stream().map(NamedVariable::wanted).toList());
        Set<NamePattern> idle = new LinkedHashSet<>(exclusions.patterns());
        Set<String> slots = OptimizerVariables.of(inferred.variables());
        List<VariableSource> sources = new ArrayList<>(variables.size());
        Set<String> names = new LinkedHashSet<>();
        for (NamedVariable variable : inferred.variables()) {
            idle.removeIf(pattern -> Exclusions.matches(pattern, variable));
            names.add(variable.name());
            boolean excluded =
                    exclusions.slots() && slots.contains(variable.wanted().variable());
            sources.add(source(
                    variable, mapping.apply(variable.name()), tensors, excluded, exclusions.patternOf(variable)));
        }
        return new Comparison(
                sources,
                tensors,
                slots,
                List.copyOf(idle),
                mapping.idle(names),
                mapping.equals(NameMapping.NONE) ? List.of() : collisions(sources),
                kind,
                inferred.notes(),
                false);
    }

    /** Returns this comparison with further rules and exclusions. */
    Comparison with(NameMapping rules, Exclusions exclusions) {
        return with(tensors, rules, exclusions);
    }

    /** Returns this comparison with the axes of some tensors in another order. */
    Comparison with(List<SuggestedTransposition> transpositions) {
        return transpositions.isEmpty()
                ? this
                : with(
                        tensors.with(tensor -> Transpositions.apply(transpositions, tensor)),
                        NameMapping.NONE,
                        Exclusions.NONE);
    }

    private Comparison with(Tensors other, NameMapping rules, Exclusions exclusions) {
        List<VariableSource> changed = sources.stream()
                .map(source -> source.outcome() == Outcome.EXCLUDED ? source : with(source, other, rules, exclusions))
                .toList();
        return new Comparison(changed, other, slots, List.of(), List.of(), collisions(changed), names, notes, false);
    }

    private VariableSource with(VariableSource source, Tensors other, NameMapping rules, Exclusions exclusions) {
        boolean slot = slots.contains(source.wanted().variable());
        NamedVariable variable = new NamedVariable(source.wanted(), source.name(), slot);
        return source(
                variable,
                rules.apply(source.tensorName()),
                other,
                slot && exclusions.slots(),
                exclusions.patternOf(variable));
    }

    /** Compares single assignments: no other variable is wanted, and none is excluded. */
    static Comparison ofPairs(Map<Wanted, String> assigned, Tensors tensors) {
        List<VariableSource> sources = assigned.entrySet().stream()
                .map(pair -> source(NamedVariable.of(pair.getKey()), pair.getValue(), tensors, false, Optional.empty()))
                .toList();
        return new Comparison(sources, tensors, Set.of(), List.of(), List.of(), List.of(), null, List.of(), false);
    }

    private static VariableSource source(
            NamedVariable variable,
            String tensorName,
            Tensors tensors,
            boolean slotExcluded,
            Optional<NamePattern> exclusion) {
        Wanted wanted = variable.wanted();
        boolean excluded = slotExcluded || exclusion.isPresent();
        TensorInfo tensor = excluded ? null : tensors.find(tensorName);
        Outcome outcome = excluded
                ? Outcome.EXCLUDED
                : tensor == null ? Outcome.MISSING : wanted.fits(tensor) ? Outcome.MATCHED : Outcome.MISMATCHED;
        return new VariableSource(wanted, variable.name(), tensorName, outcome, Optional.ofNullable(tensor), exclusion);
    }

    private static List<NameMapping.Collision> collisions(List<VariableSource> sources) {
        Map<TensorInfo, Set<String>> names = new LinkedHashMap<>();
        for (VariableSource source : sources) {
            // The parts of a variable share its name and its tensor.
            source.tensor()
                    .ifPresent(tensor -> names.computeIfAbsent(tensor, none -> new LinkedHashSet<>(2))
                            .add(source.wanted().name()));
        }
        List<NameMapping.Collision> collisions = new ArrayList<>();
        names.forEach((tensor, variables) -> {
            if (variables.size() > 1) {
                collisions.add(new NameMapping.Collision(tensor, List.copyOf(variables)));
            }
        });
        return List.copyOf(collisions);
    }

    /**
     * {@return the kind of names that were compared: the one with the most matches, or the one that was asked for;
     * empty if neither side is object-based, or the variables are not those of a graph}
     */
    public Optional<NameKind> names() {
        return Optional.ofNullable(names);
    }

    /**
     * {@return what a user should know about how the variables were understood: the partitioned variables of a graph
     * that does not state its partitions, recognised by the names and shapes of their parts. One sentence each, without
     * a full stop; usually none}
     */
    public List<String> notes() {
        return notes;
    }

    /** {@return all variables, in the order in which they were given} */
    public List<VariableSource> variables() {
        return sources;
    }

    /** {@return the variables whose tensors have the right shape and dtype, in the order in which they were given} */
    public List<VariableSource> matched() {
        return where(source -> source.outcome() == Outcome.MATCHED);
    }

    /**
     * {@return the variables for which the checkpoint has no tensor (TensorFlow: "Key … not found in checkpoint"), in
     * the order in which they were given}
     */
    public List<VariableSource> missing() {
        return where(source -> source.outcome() == Outcome.MISSING);
    }

    /**
     * {@return the variables whose tensors have another shape, in the order in which they were given} A variable whose
     * tensor also has another dtype is in both lists.
     */
    public List<VariableSource> shapeMismatches() {
        return where(VariableSource::hasOtherShape);
    }

    /** {@return the variables whose tensors have another dtype, in the order in which they were given} */
    public List<VariableSource> dtypeMismatches() {
        return where(VariableSource::hasOtherDtype);
    }

    /** {@return the excluded variables, in the order in which they were given} */
    public List<VariableSource> excluded() {
        return where(source -> source.outcome() == Outcome.EXCLUDED);
    }

    /**
     * {@return the variables that are state of an optimizer, whether or not they are excluded, in the order in which
     * they were given}
     */
    public List<VariableSource> slots() {
        return where(source -> slots.contains(source.wanted().variable()));
    }

    private List<VariableSource> where(Predicate<VariableSource> condition) {
        return sources.stream().filter(condition).toList();
    }

    /**
     * {@return the tensors that no variable uses, including those of excluded variables, in the order of the
     * checkpoint; empty if the comparison {@linkplain #isPartial() is partial}} Tensors with the wrong shape or dtype,
     * and the object graph and save counter of an object-based checkpoint, are not included.
     */
    public List<TensorInfo> unused() {
        return partial ? List.of() : unused;
    }

    /**
     * {@return whether the graph may have more variables than those compared, as that of a failed restore} See {@link
     * org.tfckpt.graph.Graph#isPartial()}.
     */
    public boolean isPartial() {
        return partial;
    }

    /**
     * {@return whether every variable that is not excluded has a tensor with its shape and dtype} If the comparison
     * {@linkplain #isPartial() is partial}, other variables may be missing.
     */
    public boolean isComplete() {
        return sources.stream()
                .allMatch(source -> source.outcome() == Outcome.MATCHED || source.outcome() == Outcome.EXCLUDED);
    }

    /**
     * {@return the exclusions that match no variable, perhaps because of a typing error, in the order in which they
     * were given}
     */
    public List<NamePattern> idleExclusions() {
        return idleExclusions;
    }

    /**
     * {@return the rules of the mapping, and lines of a map file, that match no variable, perhaps because of a typing
     * error, as they were written}
     */
    public List<String> idleRules() {
        return idleRules;
    }

    /**
     * {@return the tensors that the mapping assigns to several variables, which may be intended, in the order of the
     * variables}
     */
    public List<NameMapping.Collision> collisions() {
        return collisions;
    }

    /**
     * {@return suggestions for the missing variables: likely sources, and rules that find many variables at once} They
     * are computed on the first call.
     */
    public Suggestions suggestions() {
        Suggestions made = suggestions;
        if (made == null) {
            made = Suggestions.of(sources, tensors, unused);
            suggestions = made;
        }
        return made;
    }

    /** Returns the variables that are missing or have another shape or dtype. */
    List<VariableSource> open() {
        return where(source -> source.outcome() == Outcome.MISSING || source.outcome() == Outcome.MISMATCHED);
    }

    Tensors tensors() {
        return tensors;
    }

    /**
     * {@return the number of variables per outcome, for example {@code 54 matched, 11 missing, 2 of another shape, 1 of
     * another dtype, 0 excluded; 35 tensors unused}}
     */
    @Override
    public String toString() {
        return matched().size() + " matched, " + missing().size() + " missing, "
                + shapeMismatches().size() + " of another shape, "
                + dtypeMismatches().size() + " of another dtype, "
                + excluded().size() + " excluded"
                + (partial ? "" : "; " + unused.size() + " tensors unused");
    }
}
