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

/** The shortest paths from the root of a SavedModel to its objects. */
final class SavedPaths {
    private static final int NONE = -1;

    /** The parent of each object on the path from the root; -1 if the object is unreachable. */
    private final int[] parents;

    /** The name of the last edge on the path to each object. */
    private final @Nullable String[] names;

    /** The slots, by the object of their variable. */
    private final Map<Integer, GraphObjects.Slot> slots = new HashMap<>();

    SavedPaths(GraphObjects objects) {
        parents = new int[objects.size()];
        names = new @Nullable String[objects.size()];
        Arrays.fill(parents, NONE);
        if (parents.length > 0) {
            parents[0] = 0;
            Deque<Integer> open = new ArrayDeque<>(List.of(0));
            for (Integer object = open.poll(); object != null; object = open.poll()) {
                for (GraphObjects.Edge edge : objects.edgesOf(object)) {
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

    /** Returns the path to a variable with its names escaped; empty if its object is unreachable. */
    Optional<String> pathOf(int object) {
        String path = pathTo(object);
        GraphObjects.Slot slot = slots.get(object);
        if (path == null && slot != null) {
            String original = pathTo(slot.original());
            String optimizer = pathTo(slot.optimizer());
            path = original == null || optimizer == null ? null : ObjectKeys.slotPath(original, optimizer, slot.name());
        }
        return Optional.ofNullable(path);
    }

    /** Returns the path from the root to an object with its names escaped; null if the object is unreachable. */
    private @Nullable String pathTo(int object) {
        if (parents[object] == NONE) {
            return null;
        }
        Deque<String> path = new ArrayDeque<>();
        for (int at = object; at != 0; at = parents[at]) {
            String name = names[at];
            path.push(name == null ? "" : ObjectKeys.escape(name));
        }
        return String.join("/", path);
    }
}
