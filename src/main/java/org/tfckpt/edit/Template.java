package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.tensor.TensorInfo;

/**
 * The tensors of the checkpoint that another one is fitted to.
 *
 * @param checkpoint the template
 * @param objects its object graph, or null if it is name-based
 * @param variables the tensors to look up in the sources
 * @param own the tensors that describe the template itself: the save counter, configurations of Keras layers, and those
 *     of registered savers
 */
record Template(Checkpoint checkpoint, @Nullable ObjectGraph objects, List<Variable> variables, List<TensorInfo> own) {
    private static final String OUTPUT = ":0";

    /**
     * A tensor of the template.
     *
     * @param tensor its entry in the index
     * @param fullName its name in a name-based checkpoint; empty if it has none, or not it alone
     * @param path the path of its object; empty if it has none
     * @param slot the slot that it is, or null
     */
    record Variable(
            TensorInfo tensor,
            Optional<String> fullName,
            Optional<String> path,
            @Nullable Slot slot) {
        String key() {
            return tensor.name();
        }
    }

    /** The key of the variable that a slot is kept for, and the name of the slot. */
    record Slot(String owner, String name) {}

    static Template of(Checkpoint checkpoint) throws IOException {
        ObjectGraph objects = checkpoint.objectGraph().orElse(null);
        String counter = objects == null ? "" : objects.saveCounterKey().orElse("");
        Set<String> shared = objects == null ? Set.of() : sharedFullNames(objects);
        List<Variable> variables = new ArrayList<>();
        List<TensorInfo> own = new ArrayList<>();
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo tensor = all.next();
            if (objects == null) {
                variables.add(new Variable(tensor, Optional.of(tensor.name()), Optional.empty(), null));
                continue;
            }
            if (tensor.name().equals(ObjectKeys.OBJECT_GRAPH)) {
                continue;
            }
            ObjectNode.Attribute attribute = objects.attributeOf(tensor.name()).orElse(null);
            if (attribute == null || tensor.name().equals(counter) || isConfiguration(attribute)) {
                own.add(tensor);
                continue;
            }
            Optional<String> fullName =
                    fullName(attribute, tensor.name()).filter(name -> !shared.contains(attribute.fullName()));
            variables.add(new Variable(
                    tensor,
                    fullName,
                    attribute.name().equals(ObjectKeys.VARIABLE_VALUE)
                            ? objects.pathOf(attribute.node())
                            : Optional.empty(),
                    slot(objects, attribute)));
        }
        return new Template(checkpoint, objects, variables, own);
    }

    private static @Nullable Slot slot(ObjectGraph objects, ObjectNode.Attribute attribute) {
        return objects.slotOf(attribute.node())
                .flatMap(slot -> objects.node(slot.variable()).valueKey().map(owner -> new Slot(owner, slot.name())))
                .orElse(null);
    }

    /** Returns the name of a tensor in a name-based checkpoint: a table consists of several tensors. */
    static Optional<String> fullName(ObjectNode.Attribute attribute, String tensor) {
        String name = attribute.fullName();
        String node = name.endsWith(OUTPUT) ? name.substring(0, name.length() - OUTPUT.length()) : name;
        return node.isEmpty()
                ? Optional.empty()
                : Optional.of(node + tensor.substring(attribute.key().length()));
    }

    /** Returns whether a value is not a variable: Python state, or the configuration of a layer. */
    static boolean isConfiguration(ObjectNode.Attribute attribute) {
        return attribute.fullName().isEmpty() && !attribute.name().equals(ObjectKeys.VARIABLE_VALUE);
    }

    /** Returns the full names that several values have, so that they identify none. */
    static Set<String> sharedFullNames(ObjectGraph objects) {
        Set<String> names = new HashSet<>();
        Set<String> shared = new HashSet<>();
        objects.attributes()
                .map(ObjectNode.Attribute::fullName)
                .filter(name -> !name.isEmpty() && !names.add(name))
                .forEach(shared::add);
        return shared;
    }
}
