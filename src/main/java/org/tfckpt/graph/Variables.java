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
 * An immutable list of variables with set operations. Every method returns a new list and keeps the order.
 *
 * <p>Variables of different graphs are compared by {@link GraphVariable#name()}: {@code end.minus(start)} are the
 * variables of one graph that another graph does not have.
 */
public final class Variables extends AbstractList<GraphVariable> implements RandomAccess {
    private final List<GraphVariable> variables;
    private final Map<String, GraphVariable> byName = new HashMap<>();

    private Variables(List<GraphVariable> variables) {
        this.variables = variables;
        variables.forEach(variable -> byName.putIfAbsent(variable.name(), variable));
    }

    /**
     * Creates a list of variables.
     *
     * @param variables the variables; copied
     * @return the variables in the same order
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

    /** {@return the names of the variables, in their order} */
    public Set<String> names() {
        return variables.stream().map(GraphVariable::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * Returns the variable with the given name.
     *
     * @param name the name, with or without {@code :0}
     * @return the first variable with this name; empty if there is none
     */
    public Optional<GraphVariable> find(String name) {
        return Optional.ofNullable(byName.get(TensorName.nodeOf(name)));
    }

    /**
     * {@return the variables that match a condition}
     *
     * @param condition the condition
     */
    public Variables where(Predicate<? super GraphVariable> condition) {
        return new Variables(variables.stream().filter(condition).toList());
    }

    /**
     * {@return the variables that are not in another list, by name}
     *
     * @param others variables, usually of another graph
     */
    public Variables minus(Variables others) {
        return where(variable -> !others.byName.containsKey(variable.name()));
    }

    /**
     * {@return the variables that are also in another list, by name}
     *
     * @param others variables, usually of another graph
     */
    public Variables intersect(Variables others) {
        return where(variable -> others.byName.containsKey(variable.name()));
    }

    /**
     * {@return these variables, followed by those of another list that are not in this one, by name}
     *
     * @param others variables
     */
    public Variables union(Variables others) {
        Set<GraphVariable> all = new LinkedHashSet<>(variables);
        all.addAll(others.minus(this));
        return new Variables(List.copyOf(all));
    }

    /**
     * Returns the variables in a collection.
     *
     * @param key the collection: {@code variables}, {@code trainable_variables}, …
     * @return the variables; empty if the file has no collections
     */
    public Variables inCollection(String key) {
        return where(variable -> variable.isIn(key));
    }

    /**
     * Returns the variables in a scope.
     *
     * @param scope a name or its leading parts, with or without a trailing slash; empty for all variables
     * @return the variables with this name or in this scope: {@code unit_1} does not match {@code unit_10/DW}
     */
    public Variables inScope(String scope) {
        String above = scope.endsWith("/") ? scope.substring(0, scope.length() - 1) : scope;
        return above.isEmpty()
                ? this
                : where(variable ->
                        variable.name().equals(above) || variable.name().startsWith(above + "/"));
    }

    /**
     * {@return the variables whose names match a pattern}
     *
     * @param pattern a glob or a regular expression
     */
    public Variables matching(NamePattern pattern) {
        return where(variable -> pattern.test(variable.name()));
    }

    /**
     * {@return the variables whose names do not match a pattern}
     *
     * @param pattern a glob or a regular expression
     */
    public Variables notMatching(NamePattern pattern) {
        return where(variable -> !pattern.test(variable.name()));
    }

    /**
     * {@return the variables without those of the given names}
     *
     * @param names names, with or without {@code :0}
     */
    public Variables without(Collection<String> names) {
        Set<String> excluded = new HashSet<>();
        names.forEach(name -> excluded.add(TensorName.nodeOf(name)));
        return where(variable -> !excluded.contains(variable.name()));
    }

    /** {@return the trainable variables; empty if the file does not state which are trainable} */
    public Variables trainable() {
        return where(variable -> variable.trainable().orElse(false));
    }

    /** {@return the variables that are not trainable; empty if the file does not state which are trainable} */
    public Variables notTrainable() {
        return where(variable -> !variable.trainable().orElse(true));
    }

    /** {@return the variables that are not state of an optimizer, moving averages included} */
    public Variables withoutOptimizerSlots() {
        return where(variable -> !variable.isOptimizerSlot());
    }
}
