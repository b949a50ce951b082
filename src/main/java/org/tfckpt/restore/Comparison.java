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
 * A graph's variables beside a checkpoint's tensors: what comes from where, what is missing, what fits not, and what
 * nobody uses.
 *
 * <p>Made from the index alone; not a byte of a value is read. Immutable.
 */
public final class Comparison {
    private final List<VariableSource> sources;
    private final List<TensorInfo> unused;
    private final List<NamePattern> idleExclusions;
    private final List<String> idleRules;
    private final List<NameMapping.Collision> collisions;
    private final Tensors tensors;

    // Made when first asked for; two threads may both make them, and it does not matter whose stay.
    private volatile @Nullable Suggestions suggestions;

    private Comparison(
            List<VariableSource> sources,
            Tensors tensors,
            List<NamePattern> idleExclusions,
            List<String> idleRules,
            boolean mapped) {
        this.sources = List.copyOf(sources);
        this.tensors = tensors;
        this.idleExclusions = List.copyOf(idleExclusions);
        this.idleRules = List.copyOf(idleRules);
        this.collisions = mapped ? collisions(sources) : List.of();
        Set<String> used = new HashSet<>();
        for (VariableSource source : sources) {
            source.tensor().ifPresent(tensor -> used.add(tensor.name()));
        }
        this.unused = tensors.all().stream()
                .filter(tensor -> !used.contains(tensor.name()) && !tensors.isBookkeeping(tensor))
                .toList();
    }

    /**
     * Compares.
     *
     * @param wanted the graph's variables, in the order of the report
     * @param tensors the checkpoint's, likewise
     * @param mapping from the graph's names to the checkpoint's
     * @param exclusions variables that are not wanted, by the graph's name of the variable or the name it is saved under
     * @return the comparison
     * @throws IllegalArgumentException with TensorFlow's text, if variables share a name or one has two
     */
    public static Comparison of(
            Collection<Wanted> wanted,
            Collection<TensorInfo> tensors,
            NameMapping mapping,
            Collection<NamePattern> exclusions) {
        return of(wanted, new Tensors(tensors, Map.of()), mapping, exclusions);
    }

    static Comparison of(
            Collection<Wanted> wanted, Tensors tensors, NameMapping mapping, Collection<NamePattern> exclusions) {
        SavedNames.check(wanted);
        Set<NamePattern> idle = new LinkedHashSet<>(exclusions);
        List<VariableSource> sources = new ArrayList<>(wanted.size());
        Set<String> names = new LinkedHashSet<>();
        for (Wanted variable : wanted) {
            Optional<NamePattern> exclusion = Optional.empty();
            for (NamePattern pattern : exclusions) {
                if (pattern.test(variable.name()) || pattern.test(variable.variable())) {
                    idle.remove(pattern);
                    exclusion = exclusion.isPresent() ? exclusion : Optional.of(pattern);
                }
            }
            names.add(variable.name());
            sources.add(source(variable, mapping.apply(variable.name()), tensors, exclusion));
        }
        return new Comparison(
                sources, tensors, List.copyOf(idle), mapping.idle(names), !mapping.equals(NameMapping.NONE));
    }

    /** What is assigned one by one: nothing else is wanted, and nothing is left out. */
    static Comparison ofPairs(Map<Wanted, String> assigned, Tensors tensors) {
        List<VariableSource> sources = assigned.entrySet().stream()
                .map(pair -> source(pair.getKey(), pair.getValue(), tensors, Optional.empty()))
                .toList();
        return new Comparison(sources, tensors, List.of(), List.of(), false);
    }

    private static VariableSource source(
            Wanted wanted, String tensorName, Tensors tensors, Optional<NamePattern> exclusion) {
        TensorInfo tensor = exclusion.isPresent() ? null : tensors.find(tensorName);
        Outcome outcome = exclusion.isPresent()
                ? Outcome.EXCLUDED
                : tensor == null ? Outcome.MISSING : wanted.fits(tensor) ? Outcome.MATCHED : Outcome.MISMATCHED;
        return new VariableSource(wanted, tensorName, outcome, Optional.ofNullable(tensor), exclusion);
    }

    private static List<NameMapping.Collision> collisions(List<VariableSource> sources) {
        Map<TensorInfo, Set<String>> names = new LinkedHashMap<>();
        for (VariableSource source : sources) {
            // Parts of one variable share its name, and come from one tensor as they should.
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
     * Every variable.
     *
     * @return in the order they were given
     */
    public List<VariableSource> variables() {
        return sources;
    }

    /**
     * The variables that come from a tensor of their shape and dtype.
     *
     * @return in the order they were given
     */
    public List<VariableSource> matched() {
        return where(source -> source.outcome() == Outcome.MATCHED);
    }

    /**
     * The variables for which the checkpoint has nothing.
     *
     * @return in the order they were given
     */
    public List<VariableSource> missing() {
        return where(source -> source.outcome() == Outcome.MISSING);
    }

    /**
     * The variables whose tensors have another shape; if the dtype is another one, too, a variable is in both lists.
     *
     * @return in the order they were given
     */
    public List<VariableSource> shapeMismatches() {
        return where(VariableSource::hasOtherShape);
    }

    /**
     * The variables whose tensors have another dtype.
     *
     * @return in the order they were given
     */
    public List<VariableSource> dtypeMismatches() {
        return where(VariableSource::hasOtherDtype);
    }

    /**
     * The variables that were left out.
     *
     * @return in the order they were given
     */
    public List<VariableSource> excluded() {
        return where(source -> source.outcome() == Outcome.EXCLUDED);
    }

    private List<VariableSource> where(Predicate<VariableSource> condition) {
        return sources.stream().filter(condition).toList();
    }

    /**
     * The tensors that feed no variable, whether or not an exclusion is the reason. Never among them: a tensor of the
     * wrong shape or dtype, and the object graph and save counter of an object-based checkpoint.
     *
     * @return in the checkpoint's order
     */
    public List<TensorInfo> unused() {
        return unused;
    }

    /**
     * Whether every variable that is not excluded comes from a tensor of its shape and dtype.
     *
     * @return true if nothing is missing and nothing is of another shape or dtype
     */
    public boolean isComplete() {
        return sources.stream()
                .allMatch(source -> source.outcome() == Outcome.MATCHED || source.outcome() == Outcome.EXCLUDED);
    }

    /**
     * Exclusions that match no variable: misspelt, perhaps.
     *
     * @return in the order they were given
     */
    public List<NamePattern> idleExclusions() {
        return idleExclusions;
    }

    /**
     * Rules of the mapping, and lines of a map file, that speak of no variable: misspelt, perhaps.
     *
     * @return as they were written
     */
    public List<String> idleRules() {
        return idleRules;
    }

    /**
     * Tensors that the mapping has brought to several variables. That may be meant.
     *
     * @return in the order of the variables
     */
    public List<NameMapping.Collision> collisions() {
        return collisions;
    }

    /**
     * Where the missing variables may be. Looked for when first asked for.
     *
     * @return likely sources, and rules that explain many
     */
    public Suggestions suggestions() {
        Suggestions made = suggestions;
        if (made == null) {
            made = Suggestions.of(sources, tensors, unused);
            suggestions = made;
        }
        return made;
    }

    Tensors tensors() {
        return tensors;
    }

    /**
     * How many of each.
     *
     * @return for example {@code 54 matched, 11 missing, 2 of another shape, 1 of another dtype, 0 excluded; 35 tensors
     *     unused}
     */
    @Override
    public String toString() {
        return matched().size() + " matched, " + missing().size() + " missing, "
                + shapeMismatches().size() + " of another shape, "
                + dtypeMismatches().size() + " of another dtype, "
                + excluded().size() + " excluded; " + unused.size() + " tensors unused";
    }
}
