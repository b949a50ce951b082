package org.tfckpt.objects;

import java.util.List;
import java.util.Optional;

/**
 * One object of an {@link ObjectGraph}. A checkpoint does not say of which class it was.
 *
 * @param id its number: its place in the graph; the root is 0
 * @param children the objects that its attributes hold, in the order they were saved
 * @param attributes the values that it saved
 * @param slots of an optimizer: the variables that it keeps for others
 * @param saver the saver of its own that saved it, for an object that has one
 * @param statedValues whether it or an object below it has values, as the writer said; older releases do not say, and
 *     {@link ObjectGraph#hasValues} always knows
 */
public record ObjectNode(
        int id,
        List<Child> children,
        List<Attribute> attributes,
        List<Slot> slots,
        Optional<Saver> saver,
        Optional<Boolean> statedValues) {
    /**
     * The same with lists that nobody else can change.
     *
     * @param id its number
     * @param children the objects that it holds
     * @param attributes its values
     * @param slots its slots
     * @param saver its saver
     * @param statedValues what the writer said
     */
    public ObjectNode {
        children = List.copyOf(children);
        attributes = List.copyOf(attributes);
        slots = List.copyOf(slots);
    }

    /**
     * An object that another one holds.
     *
     * @param name the attribute that holds it, not escaped
     * @param node the number of the object held
     * @param onPath whether the path of the object held comes this way. Of all the ways to an object this is so of one
     *     alone, so that who follows no other goes through a tree, however the graph is knotted
     */
    public record Child(String name, int node, boolean onPath) {}

    /**
     * A value that an object saved.
     *
     * @param node the number of the object
     * @param name the value's name in it: {@code VARIABLE_VALUE} for a variable
     * @param fullName the variable's name in a TF1 graph; empty for what is no variable
     * @param key the tensor in the checkpoint; an object that saves several tensors under one attribute (a table: keys
     *     and values) has their keys begin with this
     */
    public record Attribute(int node, String name, String fullName, String key) {}

    /**
     * A variable that an optimizer keeps for another variable.
     *
     * @param optimizer the number of the optimizer
     * @param variable the number of the variable that it is kept for
     * @param name what it is: {@code m}, {@code momentum}
     * @param node the number of the slot itself
     */
    public record Slot(int optimizer, int variable, String name, int node) {}

    /**
     * A saver that a program has registered for objects of its own.
     *
     * @param name the saver
     * @param objectName the object's name with that saver
     */
    public record Saver(String name, String objectName) {}

    /**
     * The key of what this object is worth: its variable's value, or else its only value.
     *
     * @return empty if it has no value, or several
     */
    public Optional<String> valueKey() {
        return attributes.stream()
                .filter(attribute -> attribute.name().equals(ObjectKeys.VARIABLE_VALUE) || attributes.size() == 1)
                .map(Attribute::key)
                .filter(key -> !key.isEmpty())
                .findFirst();
    }
}
