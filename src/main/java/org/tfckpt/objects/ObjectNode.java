package org.tfckpt.objects;

import java.util.List;
import java.util.Optional;

/**
 * An object of an {@link ObjectGraph}. A checkpoint does not record the classes of objects.
 *
 * @param id the index of the object in the graph; the root is 0
 * @param children the objects that its attributes refer to, in the order in which they were saved
 * @param attributes the values that it saved
 * @param slots for an optimizer, the variables that it keeps for others
 * @param saver the registered saver that saved it, if any
 * @param statedValues whether the object or a descendant has values, if the file states it; older releases of
 *     TensorFlow do not write it, but {@link ObjectGraph#hasValues} is always known
 */
public record ObjectNode(
        int id,
        List<Child> children,
        List<Attribute> attributes,
        List<Slot> slots,
        Optional<Saver> saver,
        Optional<Boolean> statedValues) {
    /**
     * Makes immutable copies of the lists.
     *
     * @param id the index of the object
     * @param children its children
     * @param attributes its values
     * @param slots its slots
     * @param saver its saver
     * @param statedValues whether it has values
     */
    public ObjectNode {
        children = List.copyOf(children);
        attributes = List.copyOf(attributes);
        slots = List.copyOf(slots);
    }

    /**
     * An edge from an object to a child.
     *
     * @param name the name of the attribute that refers to the child, not escaped
     * @param node the index of the child
     * @param onPath whether this edge is the last one on the child's path. This is true for at most one edge to each
     *     object, so these edges form a tree, even if the graph has cycles
     */
    public record Child(String name, int node, boolean onPath) {}

    /**
     * A value that an object saved.
     *
     * @param node the index of the object
     * @param name the name of the value in the object: {@code VARIABLE_VALUE} for a variable
     * @param fullName the variable's name in a TF1 graph; empty if the object is not a variable
     * @param key the key of the tensor in the checkpoint; for an attribute that consists of several tensors (the keys
     *     and values of a table), the common prefix of their keys
     */
    public record Attribute(int node, String name, String fullName, String key) {}

    /**
     * A variable that an optimizer keeps for another variable.
     *
     * @param optimizer the index of the optimizer
     * @param variable the index of the variable that the slot is kept for
     * @param name the name of the slot, for example {@code momentum}
     * @param node the index of the slot itself
     */
    public record Slot(int optimizer, int variable, String name, int node) {}

    /**
     * A saver that a program registered for some of its objects.
     *
     * @param name the name of the saver
     * @param objectName the name of the object in that saver
     */
    public record Saver(String name, String objectName) {}

    /**
     * {@return the key of the variable's value if this object is a variable, else the key of its only value; empty if
     * it has no value, or several}
     */
    public Optional<String> valueKey() {
        return attributes.stream()
                .filter(attribute -> attribute.name().equals(ObjectKeys.VARIABLE_VALUE) || attributes.size() == 1)
                .map(Attribute::key)
                .filter(key -> !key.isEmpty())
                .findFirst();
    }
}
