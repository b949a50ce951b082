package org.tfckpt.restore.suggest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.slots.TensorRole.Kind;
import org.tfckpt.tensor.TensorInfo;

/**
 * Decides whether a variable may come from a tensor: a momentum has the shape of its variable, but must not replace it.
 */
final class Roles {
    /** The last parts of slot names in TF1, and their names in object-based checkpoints. */
    private static final Map<String, String> SLOTS = Map.of("adam", "m", "adam_1", "v", "adagrad", "accumulator");

    private final Kinds ofVariables;
    private final Kinds ofTensors;

    Roles(Collection<Variable> variables, Function<String, @Nullable TensorInfo> find) {
        Map<String, TensorInfo> expected = new HashMap<>();
        variables.forEach(variable -> expected.put(variable.expected().name(), variable.expected()));
        ofVariables = new Kinds(expected::get);
        ofTensors = new Kinds(find);
    }

    /** The kinds of the tensors of one side, each determined once. */
    private static final class Kinds {
        private final OptimizerSlots slots;
        private final Map<String, Kind> known = new ConcurrentHashMap<>();

        Kinds(Function<String, @Nullable TensorInfo> find) {
            slots = OptimizerSlots.of(name -> Optional.ofNullable(find.apply(name)), Optional.empty());
        }

        Kind of(TensorInfo tensor) {
            return known.computeIfAbsent(tensor.name(), name -> {
                try {
                    return slots.kindOf(tensor);
                } catch (IOException e) {
                    throw new UncheckedIOException("looking up names does no I/O", e);
                }
            });
        }
    }

    boolean areCompatible(Variable variable, TensorInfo tensor) {
        Kind wanted = ofVariables.of(variable.expected());
        Kind found = ofTensors.of(tensor);
        if (wanted == found && wanted != Kind.SLOT) {
            return true;
        }
        // A slot is recognized by its variable, whose name may have changed as well. An average may replace its
        // variable.
        return slotName(variable.expected()).equals(slotName(tensor))
                || (wanted == Kind.VARIABLE && found == Kind.MOVING_AVERAGE);
    }

    private static String slotName(TensorInfo tensor) {
        int end = tensor.name().lastIndexOf("/.ATTRIBUTES/");
        String path = end < 0 ? tensor.name() : tensor.name().substring(0, end);
        String last = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return SLOTS.getOrDefault(last, last);
    }
}
