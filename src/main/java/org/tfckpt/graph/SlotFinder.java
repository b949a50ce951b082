package org.tfckpt.graph;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.TensorInfo;

/** Finds the variables that are state of an optimizer. */
final class SlotFinder {
    private SlotFinder() {}

    /**
     * Returns the names of the slots: variables that training ops take, and variables with the usual names of slots.
     */
    static Set<String> slots(GraphNodes nodes) throws IOException {
        Set<String> slots = trained(nodes);
        OptimizerSlots byName =
                OptimizerSlots.of(name -> Optional.ofNullable(tensor(nodes.variables.get(name))), Optional.empty());
        for (GraphVariable.Builder variable : nodes.variables.values()) {
            TensorInfo tensor = tensor(variable);
            if (tensor != null && byName.kindOf(tensor).isOptimizerState()) {
                slots.add(variable.name);
            }
        }
        return slots;
    }

    /** Returns the variables that training ops take besides the variable that they train. */
    private static Set<String> trained(GraphNodes nodes) {
        Set<String> slots = new HashSet<>();
        for (GraphNodes.Node training : nodes.trainings) {
            for (int i = 1; i < training.inputs().size(); i++) {
                // A slot is a direct input because the op changes it; a value that is only read comes from another
                // node.
                String node = TensorName.nodeOf(training.input(i));
                if (nodes.variables.containsKey(node)) {
                    slots.add(node);
                }
            }
        }
        return slots;
    }

    /** Returns a variable as the tensor that it would be in a checkpoint; null if its shape is unknown. */
    private static @Nullable TensorInfo tensor(GraphVariable.@Nullable Builder variable) {
        return variable == null || variable.shape == null
                ? null
                : new TensorInfo(variable.name, variable.dtypeNumber, variable.shape, null, List.of());
    }
}
