package org.tfckpt.restore;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.tfckpt.tensor.TensorNames;

/** Checks that variables can be restored together, by TensorFlow's rules for the variables of a Saver. */
final class SavedNames {
    private SavedNames() {}

    static void check(Collection<Wanted> variables) {
        Map<String, Wanted> byName = new HashMap<>();
        Map<String, Wanted> byVariable = new HashMap<>();
        for (Wanted wanted : variables) {
            Wanted sameName = byName.putIfAbsent(wanted.name(), wanted);
            Wanted sameVariable = byVariable.putIfAbsent(wanted.variable(), wanted);
            if (sameVariable != null && !sameVariable.name().equals(wanted.name())) {
                throw new IllegalArgumentException("The same saveable will be restored with two names: "
                        + TensorNames.printable(wanted.variable()));
            }
            if (sameName != null && sameName.part().isPresent() != wanted.part().isPresent()) {
                throw new IllegalArgumentException(
                        "Mixing slices and non-slices with the same name: " + TensorNames.printable(wanted.name()));
            }
            if (sameVariable != null || (sameName != null && wanted.part().isEmpty())) {
                throw new IllegalArgumentException(
                        "At least two variables have the same name: " + TensorNames.printable(wanted.name()));
            }
        }
    }
}
