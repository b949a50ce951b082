package org.tfckpt.restore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.slots.TensorRole;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * What goes together: a momentum has the shape of the variable that it is kept for, and a name that is nearly the same,
 * and would be wrong in its place.
 */
final class Roles {
    /** The same slots in TF1's names and in those of objects. */
    private static final Map<String, String> SLOTS = Map.of("adam", "m", "adam_1", "v", "adagrad", "accumulator");

    private final Map<String, TensorInfo> byName = new HashMap<>();
    private final Map<String, TensorInfo> byVariable = new HashMap<>();
    private final OptimizerSlots ofVariables =
            OptimizerSlots.of(name -> Optional.ofNullable(byName.get(name)), Optional.empty());
    private final OptimizerSlots ofTensors;
    private final Map<String, TensorRole.Kind> kindsOfVariables = new ConcurrentHashMap<>();
    private final Map<String, TensorRole.Kind> kindsOfTensors = new ConcurrentHashMap<>();

    Roles(Collection<VariableSource> sources, Tensors tensors) {
        for (VariableSource source : sources) {
            Wanted wanted = source.wanted();
            Shape shape = wanted.tensorShape().orElse(Shape.of());
            TensorInfo info = new TensorInfo(source.tensorName(), wanted.dtype().number(), shape, null, List.of());
            byName.put(info.name(), info);
            byVariable.put(wanted.variable(), info);
        }
        ofTensors = OptimizerSlots.of(name -> Optional.ofNullable(tensors.find(name)), Optional.empty());
    }

    /** Whether one of the variables may come from a tensor. */
    boolean goTogether(Wanted wanted, TensorInfo tensor) {
        TensorInfo variable = byVariable.get(wanted.variable());
        if (variable == null) {
            return false;
        }
        TensorRole.Kind kind = kindsOfVariables.computeIfAbsent(variable.name(), name -> kind(ofVariables, variable));
        TensorRole.Kind found = kindsOfTensors.computeIfAbsent(tensor.name(), name -> kind(ofTensors, tensor));
        if (kind == found && kind != TensorRole.Kind.SLOT) {
            return true;
        }
        // A slot is recognised by the variable beside it, which may have lost its name as well.
        boolean sameSlot = lastPart(variable.name()).equals(lastPart(tensor.name()));
        // The average of a variable in the variable's place: that is how one deploys it.
        return sameSlot || (kind == TensorRole.Kind.VARIABLE && found == TensorRole.Kind.MOVING_AVERAGE);
    }

    private static TensorRole.Kind kind(OptimizerSlots slots, TensorInfo tensor) {
        try {
            return slots.kindOf(tensor);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing is read here", e);
        }
    }

    private static String lastPart(String name) {
        int end = name.lastIndexOf("/.ATTRIBUTES/");
        String path = end < 0 ? name : name.substring(0, end);
        String last = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return SLOTS.getOrDefault(last, last);
    }
}
