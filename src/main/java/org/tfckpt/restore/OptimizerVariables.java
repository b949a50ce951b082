package org.tfckpt.restore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/** Recognises variables that are state of an optimizer, also by names and shapes, as {@link OptimizerSlots} does. */
final class OptimizerVariables {
    private OptimizerVariables() {}

    /** Returns the names in the graph of these variables and of those that their graph marks. */
    static Set<String> of(Collection<NamedVariable> variables) {
        Map<String, TensorInfo> tensors = new HashMap<>();
        for (NamedVariable variable : variables) {
            tensors.put(variable.wanted().name(), tensor(variable.wanted()));
        }
        OptimizerSlots slots = OptimizerSlots.of(name -> Optional.ofNullable(tensors.get(name)), Optional.empty());
        Set<String> found = new HashSet<>();
        for (NamedVariable variable : variables) {
            Wanted wanted = variable.wanted();
            try {
                if (variable.slot() || slots.kindOf(tensor(wanted)).isOptimizerState()) {
                    found.add(wanted.variable());
                }
            } catch (IOException e) {
                throw new UncheckedIOException("lookups in memory do not fail", e);
            }
        }
        return found;
    }

    /** Variables of unknown shape count as having the same one, so that their names decide. */
    private static TensorInfo tensor(Wanted wanted) {
        Shape shape = wanted.tensorShape().orElse(Shape.of());
        return new TensorInfo(wanted.name(), wanted.dtype().number(), shape, null, List.of());
    }
}
