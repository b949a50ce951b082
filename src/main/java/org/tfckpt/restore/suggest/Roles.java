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
    private static final Map<String, String> SLOTS = NameParts.spellings(Map.ofEntries(
            Map.entry("m", "adam adam_m adamw adamax lamb lamb_m"),
            Map.entry("v", "adam_1 adam_v adamw_1 adamax_1 lamb_1 lamb_v"),
            Map.entry("accumulator", "adagrad ftrl"),
            Map.entry("accum_grad", "adadelta"),
            Map.entry("accum_var", "adadelta_1"),
            Map.entry("linear", "ftrl_1"),
            Map.entry("rms", "rmsprop"),
            Map.entry("momentum", "rmsprop_1")));

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
