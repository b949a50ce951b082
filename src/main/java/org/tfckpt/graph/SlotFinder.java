package org.tfckpt.graph;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Finds the variables that optimizers keep for themselves: what training ops take besides the variable they train. */
final class SlotFinder {
    private SlotFinder() {}

    static Set<String> slots(GraphNodes nodes, Map<String, GraphVariable> variables) {
        Set<String> slots = new HashSet<>();
        for (Node training : nodes.trainings) {
            for (int i = 1; i < training.inputs().size(); i++) {
                // A slot is handed over itself, to be changed; what is only read comes from another node.
                String node = TensorName.nodeOf(training.input(i));
                if (variables.containsKey(node)) {
                    slots.add(node);
                }
            }
        }
        return slots;
    }
}
