package org.tfckpt.edit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Recognises slots that Keras 2.11 and later keep in a list ({@code optimizer/_variables/3}), which the object graph
 * does not describe, by their full names: {@code Adam/v/dense/kernel}, or {@code adam/dense_kernel_velocity} since
 * Keras 3.
 */
final class KerasLists {
    private static final String LIST = "/_variables/";

    /** The keys of variables by the second part of the full names of their slots, without the name of the slot. */
    private final Map<String, String> owners = new HashMap<>();

    private KerasLists(List<Template.Variable> variables) {
        for (Template.Variable variable : variables) {
            variable.fullName().filter(name -> !isInList(variable)).ifPresent(name -> {
                owners.put(name, variable.key());
                owners.putIfAbsent(name.replace('/', '_'), variable.key());
            });
        }
    }

    static List<Template.Variable> withSlots(List<Template.Variable> variables) {
        KerasLists lists = new KerasLists(variables);
        return variables.stream()
                .map(variable -> variable.slot() == null && isInList(variable)
                        ? new Template.Variable(
                                variable.tensor(),
                                variable.fullName(),
                                variable.path(),
                                variable.fullName().map(lists::slot).orElse(null))
                        : variable)
                .toList();
    }

    private static boolean isInList(Template.Variable variable) {
        return variable.key().contains(LIST);
    }

    private Template.@Nullable Slot slot(String fullName) {
        String name = fullName.substring(fullName.indexOf('/') + 1);
        int slash = name.indexOf('/');
        if (slash > 0) {
            return slot(name.substring(slash + 1), name.substring(0, slash));
        }
        // The names of slots and of variables may both contain the separator.
        return SlotSources.names().stream()
                .filter(slot -> name.endsWith("_" + slot))
                .map(slot -> slot(name.substring(0, name.length() - slot.length() - 1), slot))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private Template.@Nullable Slot slot(String variable, String slot) {
        String owner = owners.get(variable);
        return owner != null && SlotSources.names().contains(slot) ? new Template.Slot(owner, slot) : null;
    }
}
