package org.tfckpt.graph;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.objects.ObjectKeys;

/** The keys that the variables of a SavedModel have by its own object graph: the shortest ways to them from the root. */
final class SavedPaths {
    private static final int NONE = -1;

    /** For each object the one before it on its way; −1 for one that no way leads to. */
    private final int[] parents;

    /** For each object the name of the last step. */
    private final @Nullable String[] names;

    /** What optimizers keep, by the object. */
    private final Map<Integer, SavedObjects.Slot> slots = new HashMap<>();

    SavedPaths(SavedObjects objects) {
        parents = new int[objects.size()];
        names = new @Nullable String[objects.size()];
        Arrays.fill(parents, NONE);
        if (parents.length > 0) {
            parents[0] = 0;
            Deque<Integer> open = new ArrayDeque<>(List.of(0));
            for (Integer object = open.poll(); object != null; object = open.poll()) {
                for (SavedObjects.Edge edge : objects.edgesOf(object)) {
                    if (parents[edge.child()] == NONE) {
                        parents[edge.child()] = object;
                        names[edge.child()] = edge.name();
                        open.add(edge.child());
                    }
                }
            }
        }
        objects.slots().forEach(slot -> slots.putIfAbsent(slot.variable(), slot));
    }

    /** The key of a variable's value. */
    Optional<String> keyOf(int object) {
        String path = wayTo(object);
        SavedObjects.Slot slot = slots.get(object);
        if (path == null && slot != null) {
            String original = wayTo(slot.original());
            String optimizer = wayTo(slot.optimizer());
            path = original == null || optimizer == null ? null : ObjectKeys.slotPath(original, optimizer, slot.name());
        }
        return Optional.ofNullable(path).map(found -> ObjectKeys.key(found, ObjectKeys.VARIABLE_VALUE));
    }

    /** The names of the steps from the root, escaped; null if no way leads to an object. */
    private @Nullable String wayTo(int object) {
        if (parents[object] == NONE) {
            return null;
        }
        Deque<String> steps = new ArrayDeque<>();
        for (int at = object; at != 0; at = parents[at]) {
            String name = names[at];
            steps.push(name == null ? "" : ObjectKeys.escape(name));
        }
        return String.join("/", steps);
    }
}
