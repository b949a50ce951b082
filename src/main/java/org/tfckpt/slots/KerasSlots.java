package org.tfckpt.slots;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.slots.TensorRole.Kind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * Recognises the state of Keras optimizers in a TF1 graph: slots such as {@code training/Adam/dense/kernel/m} or, of the
 * first versions, {@code training/Adam/Variable_3}, and hyperparameters such as {@code training/Adam/learning_rate}.
 */
final class KerasSlots {
    private static final Map<String, Set<String>> SLOTS = Map.ofEntries(
            Map.entry("Adadelta", Set.of("accum_grad", "accum_var")),
            Map.entry("Adagrad", Set.of("accumulator")),
            Map.entry("Adam", Set.of("m", "v", "vhat")),
            Map.entry("Adamax", Set.of("m", "v")),
            Map.entry("AdamW", Set.of("m", "v", "vhat")),
            Map.entry("AdamWeightDecay", Set.of("m", "v", "vhat")),
            Map.entry("Ftrl", Set.of("accumulator", "linear")),
            Map.entry("LAMB", Set.of("m", "v")),
            Map.entry("LARS", Set.of("momentum")),
            Map.entry("Nadam", Set.of("m", "v")),
            Map.entry("RMSprop", Set.of("momentum", "mg", "rms")),
            Map.entry("SGD", Set.of("momentum")),
            Map.entry("optimizer", Set.of()));

    private static final List<String> COUNTS = List.of("iter", "iterations", "_iterations");
    private static final List<String> RATES =
            List.of("learning_rate", "_learning_rate", "_current_learning_rate", "lr");
    private static final String DECAY = "decay";
    private static final String TRAINING = "training";
    private static final Set<String> HYPERPARAMETERS =
            Set.of(("iter iterations _iterations learning_rate _learning_rate "
                            + "_current_learning_rate lr decay beta beta_1 beta_2 epsilon "
                            + "initial_accumulator_value l1_regularization_strength "
                            + "l2_regularization_strength l2_shrinkage_regularization_strength "
                            + "learning_rate_power m_schedule momentum momentum_cache rho weight_decay")
                    .split(" "));

    private KerasSlots() {}

    static @Nullable TensorRole role(TensorInfo tensor, RelatedTensors related) throws IOException {
        String name = tensor.name();
        int slash = name.lastIndexOf('/');
        if (slash < 0) {
            return null;
        }
        String scope = name.substring(0, slash);
        String last = name.substring(slash + 1);
        boolean inOptimizer = SLOTS.containsKey(lastOptimizer(scope));
        if (inOptimizer && isHyperparameter(last, tensor) && isOptimizer(scope, "", false, related)) {
            return TensorRole.of(Kind.HYPERPARAMETER);
        }
        if (inOptimizer && NamedSlots.withoutNumber(last).equals("Variable") && isTraining(scope, related)) {
            return TensorRole.of(Kind.SLOT);
        }
        TensorRole role =
                SLOTS.values().stream().anyMatch(slots -> slots.contains(last)) ? slot(tensor, false, related) : null;
        return role == null ? slot(tensor, true, related) : role;
    }

    private static String lastOptimizer(String scope) {
        return NamedSlots.withoutNumber(scope.substring(scope.lastIndexOf('/') + 1));
    }

    /**
     * Returns whether a scope such as {@code training_1/Adam} is that of an optimizer whose hyperparameters exist. Early
     * versions of Keras keep these outside, in {@code Adam} or, for a second optimizer, {@code Adam_1}.
     */
    private static boolean isTraining(String scope, RelatedTensors related) throws IOException {
        int slash = scope.lastIndexOf('/');
        int start = scope.lastIndexOf('/', slash - 1) + 1;
        String training = slash < 0 ? "" : scope.substring(start, slash);
        if (!NamedSlots.withoutNumber(training).equals(TRAINING)) {
            return false;
        }
        String optimizer = scope.substring(slash + 1);
        String number = training.substring(TRAINING.length());
        for (String outer : new LinkedHashSet<>(List.of(scope.substring(0, start), ""))) {
            for (String name : new LinkedHashSet<>(
                    List.of(optimizer, lastOptimizer(optimizer), lastOptimizer(optimizer) + number))) {
                if (isOptimizer(outer + name, "", false, related)) {
                    return true;
                }
            }
        }
        return isOptimizer(scope, "", false, related);
    }

    /**
     * Recognises the name of an optimizer, a variable and a slot: {@code Adam/dense/kernel/m}, or, since Keras 2.11,
     * the slot first: {@code Adam/m/dense/kernel}.
     */
    private static @Nullable TensorRole slot(TensorInfo tensor, boolean slotFirst, RelatedTensors related)
            throws IOException {
        String name = tensor.name();
        int start = 0;
        for (int end = name.indexOf('/'); end >= 0; end = name.indexOf('/', start)) {
            String optimizer = NamedSlots.withoutNumber(name.substring(start, end));
            start = end + 1;
            int slash = slotFirst ? name.indexOf('/', start) : name.lastIndexOf('/');
            if (slash > end && SLOTS.containsKey(optimizer)) {
                String before = name.substring(start, slash);
                String after = name.substring(slash + 1);
                String variable = slotFirst ? after : before;
                String slot = slotFirst ? before : after;
                if (SLOTS.get(optimizer).contains(slot) && related.variable(variable, tensor, Shape::equals) != null) {
                    return TensorRole.of(Kind.SLOT, variable);
                }
            }
        }
        return null;
    }

    /** Returns whether a tensor can be the hyperparameter {@code name}. */
    static boolean isHyperparameter(String name, TensorInfo tensor) {
        return HYPERPARAMETERS.contains(name) && RelatedTensors.isScalar(tensor);
    }

    /**
     * Returns whether a scope contains at least two of: a step count, a learning rate, its decay. One is not
     * sufficient. If nothing else suggests an optimizer, the step count must be one of them ({@code counts}). All keys
     * end with {@code end}.
     */
    static boolean isOptimizer(String scope, String end, boolean counts, RelatedTensors related) throws IOException {
        boolean count = hasOne(scope, COUNTS, end, related);
        boolean rate = (count || !counts) && hasOne(scope, RATES, end, related);
        if (count && rate) {
            return true;
        }
        return (count || (rate && !counts)) && hasOne(scope, List.of(DECAY), end, related);
    }

    private static boolean hasOne(String scope, List<String> names, String end, RelatedTensors related)
            throws IOException {
        for (String name : names) {
            if (related.hasScalar(scope + "/" + name + end)) {
                return true;
            }
        }
        return false;
    }
}
