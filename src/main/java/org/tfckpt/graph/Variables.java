package org.tfckpt.graph;

import java.util.AbstractList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.RandomAccess;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.tfckpt.tensor.NamePattern;

/**
 * Variables in the order of their graph, and the sets that people make of them.
 *
 * <p>Immutable; every method gives new variables and keeps the order. What belongs together is decided by
 * {@link GraphVariable#name()}: {@code end.minus(start)} are the variables of one graph that another one does not have.
 */
public final class Variables extends AbstractList<GraphVariable> implements RandomAccess {
    private final List<GraphVariable> variables;
    private final Map<String, GraphVariable> byName = new HashMap<>();

    private Variables(List<GraphVariable> variables) {
        this.variables = variables;
        variables.forEach(variable -> byName.putIfAbsent(variable.name(), variable));
    }

    /**
     * Variables from anywhere.
     *
     * @param variables the variables; copied
     * @return the same in the same order
     */
    public static Variables of(Collection<GraphVariable> variables) {
        return new Variables(List.copyOf(variables));
    }

    @Override
    public GraphVariable get(int index) {
        return variables.get(index);
    }

    @Override
    public int size() {
        return variables.size();
    }

    /**
     * The names.
     *
     * @return the variables' names, in their order
     */
    public Set<String> names() {
        return variables.stream().map(GraphVariable::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * The variable of a name.
     *
     * @param name the name, with or without {@code :0}
     * @return the variable, the first one of several; nothing if there is none
     */
    public Optional<GraphVariable> find(String name) {
        return Optional.ofNullable(byName.get(TensorName.nodeOf(name)));
    }

    /**
     * Those that a condition holds for.
     *
     * @param condition the condition
     * @return as many or fewer
     */
    public Variables where(Predicate<? super GraphVariable> condition) {
        return new Variables(variables.stream().filter(condition).toList());
    }

    /**
     * Those whose names are not among others'.
     *
     * @param others variables, of another graph as a rule
     * @return as many or fewer
     */
    public Variables minus(Variables others) {
        return where(variable -> !others.byName.containsKey(variable.name()));
    }

    /**
     * Those whose names are among others', too.
     *
     * @param others variables, of another graph as a rule
     * @return as many or fewer
     */
    public Variables intersect(Variables others) {
        return where(variable -> others.byName.containsKey(variable.name()));
    }

    /**
     * These, and those of others whose names are not among them.
     *
     * @param others variables
     * @return these first
     */
    public Variables union(Variables others) {
        Set<GraphVariable> all = new LinkedHashSet<>(variables);
        all.addAll(others.minus(this));
        return new Variables(List.copyOf(all));
    }

    /**
     * Those in a collection.
     *
     * @param key the collection: {@code variables}, {@code trainable_variables}, …
     * @return none where the file has no collections
     */
    public Variables inCollection(String key) {
        return where(variable -> variable.isIn(key));
    }

    /**
     * Those within a scope.
     *
     * @param scope a name, or the first parts of one, with or without a slash at the end; empty for all
     * @return the variables of this name and below it: {@code unit_1} has nothing of {@code unit_10}
     */
    public Variables inScope(String scope) {
        String above = scope.endsWith("/") ? scope.substring(0, scope.length() - 1) : scope;
        return above.isEmpty()
                ? this
                : where(variable ->
                        variable.name().equals(above) || variable.name().startsWith(above + "/"));
    }

    /**
     * Those whose names match.
     *
     * @param pattern a glob or a regular expression
     * @return as many or fewer
     */
    public Variables matching(NamePattern pattern) {
        return where(variable -> pattern.test(variable.name()));
    }

    /**
     * Those whose names do not match.
     *
     * @param pattern a glob or a regular expression
     * @return as many or fewer
     */
    public Variables notMatching(NamePattern pattern) {
        return where(variable -> !pattern.test(variable.name()));
    }

    /**
     * Those whose names are none of these.
     *
     * @param names names, with or without {@code :0}
     * @return as many or fewer
     */
    public Variables without(Collection<String> names) {
        Set<String> excluded = new HashSet<>();
        names.forEach(name -> excluded.add(TensorName.nodeOf(name)));
        return where(variable -> !excluded.contains(variable.name()));
    }

    /**
     * Those that are meant to be trained.
     *
     * @return none where the file does not say
     */
    public Variables trainable() {
        return where(variable -> variable.trainable().orElse(false));
    }

    /**
     * Those that are not meant to be trained.
     *
     * @return none where the file does not say
     */
    public Variables notTrainable() {
        return where(variable -> !variable.trainable().orElse(true));
    }

    /**
     * Those that no optimizer keeps for itself.
     *
     * @return as many or fewer; moving averages stay
     */
    public Variables withoutOptimizerSlots() {
        return where(variable -> !variable.isOptimizerSlot());
    }
}
