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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.slots.TensorRole.Kind;
import org.tfckpt.tensor.TensorInfo;

/**
 * Decides whether a variable may come from a tensor: a momentum has the shape of its variable, but must not replace it.
 */
final class Roles {
    /** The last parts of slot names in TF1, and their names in Keras and object-based checkpoints. */
    private static final Map<String, String> SLOTS = Map.ofEntries(
            Map.entry("adam", "m"),
            Map.entry("adam_1", "v"),
            Map.entry("adam_m", "m"),
            Map.entry("adam_v", "v"),
            Map.entry("adamw", "m"),
            Map.entry("adamw_1", "v"),
            Map.entry("adamax", "m"),
            Map.entry("adamax_1", "v"),
            Map.entry("lamb", "m"),
            Map.entry("lamb_1", "v"),
            Map.entry("lamb_m", "m"),
            Map.entry("lamb_v", "v"),
            Map.entry("adagrad", "accumulator"),
            Map.entry("adadelta", "accum_grad"),
            Map.entry("adadelta_1", "accum_var"),
            Map.entry("ftrl", "accumulator"),
            Map.entry("ftrl_1", "linear"),
            Map.entry("rmsprop", "rms"),
            Map.entry("rmsprop_1", "momentum"));

    /** Keras 2.11 and later put the slot before the variable: {@code Adam/m/dense/kernel}. */
    private static final Pattern SLOT_FIRST = Pattern.compile("(?s)(?:^|.*/)[A-Z][A-Za-z]+(?:_[0-9]+)?/(m|v|vhat)/.+");

    /** Keras 2.11 and later keep all slots in one list of the optimizer, without names. */
    private static final Pattern IN_LIST = Pattern.compile("(?s)(?:.*/)?_variables/[0-9]+");

    private static final String ANY_SLOT = "";

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

    /** Returns whether both are slots and one has no name, so that only its shape tells what it is. */
    boolean areUnnamedSlots(Variable variable, TensorInfo tensor) {
        return ofVariables.of(variable.expected()) == Kind.SLOT
                && ofTensors.of(tensor) == Kind.SLOT
                && (slotName(variable.expected()).equals(ANY_SLOT)
                        || slotName(tensor).equals(ANY_SLOT));
    }

    boolean areCompatible(Variable variable, TensorInfo tensor) {
        Kind wanted = ofVariables.of(variable.expected());
        Kind found = ofTensors.of(tensor);
        if (wanted == found && wanted != Kind.SLOT) {
            return true;
        }
        // A slot is recognized by its variable, whose name may have changed as well. An average may replace its
        // variable.
        String wantedSlot = slotName(variable.expected());
        String foundSlot = slotName(tensor);
        return wantedSlot.equals(foundSlot)
                || areUnnamedSlots(variable, tensor)
                || (wanted == Kind.VARIABLE && found == Kind.MOVING_AVERAGE);
    }

    private static String slotName(TensorInfo tensor) {
        int end = tensor.name().lastIndexOf("/.ATTRIBUTES/");
        String path = end < 0 ? tensor.name() : tensor.name().substring(0, end);
        Matcher first = SLOT_FIRST.matcher(path);
        if (first.matches()) {
            return first.group(1);
        }
        if (IN_LIST.matcher(path).matches()) {
            return ANY_SLOT;
        }
        String last = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return SLOTS.getOrDefault(last, last);
    }
}
