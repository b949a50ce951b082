package org.tfckpt.graph;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;

/** Finds the variables of a graph in the object graph of a checkpoint. */
final class ObjectMatch {
    private static final int NONE = -1;

    private final ObjectGraph saved;
    private final ObjectGraph checkpoint;

    /** The object of the checkpoint for each object of the graph. */
    private final int[] matches;

    private final Deque<Integer> open = new ArrayDeque<>();

    private ObjectMatch(ObjectGraph saved, ObjectGraph checkpoint) {
        this.saved = saved;
        this.checkpoint = checkpoint;
        this.matches = new int[saved.size()];
        Arrays.fill(matches, NONE);
    }

    /** Finds variables by the names that they have in TF1 graphs. */
    static Map<GraphVariable, String> byFullName(Variables variables, ObjectGraph checkpoint) {
        Map<String, String> byName = checkpoint.keysByFullName();
        Map<GraphVariable, String> keys = new LinkedHashMap<>();
        for (GraphVariable variable : variables) {
            String key = byName.get(variable.savedName());
            if (key != null && !key.isEmpty()) {
                keys.put(variable, key);
            }
        }
        return keys;
    }

    /** Finds variables by the paths to their objects. The ids of the objects need not agree. */
    static Map<GraphVariable, String> byEdges(GraphObjects saved, ObjectGraph checkpoint) {
        ObjectMatch match = new ObjectMatch(saved.graph(), checkpoint);
        match.walk();
        Map<GraphVariable, String> keys = new LinkedHashMap<>();
        for (GraphVariable variable : saved.variables()) {
            int found = match.matches[variable.objectNode().orElseThrow()];
            if (found != NONE) {
                checkpoint.node(found).attributes().stream()
                        .filter(attribute -> attribute.name().equals(ObjectKeys.VARIABLE_VALUE))
                        .filter(attribute -> !attribute.key().isEmpty())
                        .findFirst()
                        .ifPresent(attribute -> keys.put(variable, attribute.key()));
            }
        }
        return keys;
    }

    private void walk() {
        match(0, 0);
        walkEdges();
        // A slot is found by its optimizer and its variable, so these are matched first.
        Map<Integer, Map<SlotOf, Integer>> optimizers = new HashMap<>();
        for (int optimizer = 0; optimizer < matches.length; optimizer++) {
            if (saved.isOptimizer(optimizer) && matches[optimizer] != NONE) {
                Map<SlotOf, Integer> slots = optimizers.computeIfAbsent(matches[optimizer], this::slotsOf);
                for (ObjectNode.Slot slot : saved.node(optimizer).slots()) {
                    Integer found = slots.get(new SlotOf(matches[slot.variable()], slot.name()));
                    if (found != null) {
                        match(slot.node(), found);
                    }
                }
            }
        }
        walkEdges();
    }

    private void match(int object, int found) {
        if (matches[object] == NONE) {
            matches[object] = found;
            open.add(object);
        }
    }

    private void walkEdges() {
        for (Integer object = open.poll(); object != null; object = open.poll()) {
            Map<String, Integer> children = new HashMap<>();
            checkpoint.node(matches[object]).children().forEach(child -> children.put(child.name(), child.node()));
            for (ObjectNode.Child child : saved.node(object).children()) {
                Integer found = children.get(child.name());
                if (found != null) {
                    match(child.node(), found);
                }
            }
        }
    }

    /** The slot of an optimizer for a variable. */
    private record SlotOf(int variable, String name) {}

    private Map<SlotOf, Integer> slotsOf(int optimizer) {
        Map<SlotOf, Integer> slots = new HashMap<>();
        checkpoint
                .node(optimizer)
                .slots()
                .forEach(slot -> slots.put(new SlotOf(slot.variable(), slot.name()), slot.node()));
        return slots;
    }
}
