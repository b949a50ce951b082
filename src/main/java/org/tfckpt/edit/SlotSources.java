package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.slots.TensorRole;
import org.tfckpt.tensor.TensorInfo;

/**
 * The optimizer slots of a name-based checkpoint, by their variables and by the names that TF2 has for them: {@code
 * dense/kernel/Adam_1} is the slot {@code v} of {@code dense/kernel}, or {@code velocity} since Keras 3.
 */
final class SlotSources {
    private static final Set<String> FIRST_MOMENT = Set.of("m", "momentum");
    private static final Set<String> SECOND_MOMENT = Set.of("v", "velocity", "u");
    private static final List<Set<String>> MOMENTS = List.of(FIRST_MOMENT, SECOND_MOMENT);
    private static final List<Set<String>> MOMENTUM = List.of(Set.of("momentum"));
    private static final List<Set<String>> ACCUMULATOR = List.of(Set.of("accumulator"));
    private static final Set<String> MEAN_SQUARE = Set.of("rms", "velocity");

    /** For each optimizer of TF1, the names of its slots in TF2, in the order in which TF1 numbers them. */
    private static final Map<String, List<Set<String>>> SLOTS = Map.ofEntries(
            Map.entry(
                    "Adadelta",
                    List.of(
                            Set.of("accum", "accum_grad", "accumulated_grad"),
                            Set.of("accum_update", "accum_var", "accumulated_delta_var"))),
            Map.entry("Adagrad", ACCUMULATOR),
            Map.entry("Adam", MOMENTS),
            Map.entry("AdaMax", MOMENTS),
            Map.entry("Adamax", MOMENTS),
            Map.entry("AdamW", MOMENTS),
            Map.entry("adam_m", List.of(FIRST_MOMENT)),
            Map.entry("adam_v", List.of(SECOND_MOMENT)),
            Map.entry("Ftrl", List.of(Set.of("accum", "accumulator"), Set.of("linear"))),
            Map.entry("LAMB", MOMENTS),
            Map.entry("lamb_m", List.of(FIRST_MOMENT)),
            Map.entry("lamb_v", List.of(SECOND_MOMENT)),
            Map.entry("LARS", MOMENTUM),
            Map.entry("LARSOptimizer", MOMENTUM),
            Map.entry("Momentum", MOMENTUM),
            Map.entry("MomentumW", MOMENTUM),
            Map.entry("Nadam", MOMENTS),
            Map.entry("ProximalAdagrad", ACCUMULATOR),
            Map.entry("RMSProp", List.of(MEAN_SQUARE, Set.of("momentum"))));

    private static final List<Set<String>> CENTERED_RMSPROP =
            List.of(MEAN_SQUARE, Set.of("mg", "average_gradient"), Set.of("momentum"));

    private static final Set<String> NAMES = Stream.concat(SLOTS.values().stream(), Stream.of(CENTERED_RMSPROP))
            .flatMap(List::stream)
            .flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    private final Map<String, List<TensorInfo>> byVariable = new HashMap<>();

    private SlotSources() {}

    static SlotSources of(Checkpoint checkpoint) throws IOException {
        SlotSources sources = new SlotSources();
        OptimizerSlots slots = OptimizerSlots.of(checkpoint);
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo tensor = all.next();
            TensorRole role = slots.roleOf(tensor);
            if (role.kind() == TensorRole.Kind.SLOT && role.variable().isPresent()) {
                sources.byVariable
                        .computeIfAbsent(role.variable().get(), none -> new ArrayList<>(2))
                        .add(tensor);
            }
        }
        return sources;
    }

    /** Returns the names that slots have in TF2. */
    static Set<String> names() {
        return NAMES;
    }

    /** Returns a slot of a variable; null if there is none. */
    @Nullable
    TensorInfo find(String variable, String slot) {
        List<TensorInfo> slots = byVariable.getOrDefault(variable, List.of());
        boolean centered =
                slots.stream().filter(other -> isRmsProp(other.name())).count() == CENTERED_RMSPROP.size();
        for (TensorInfo tensor : slots) {
            String last = last(tensor.name());
            // Keras names the slots in a TF1 graph as in TF2: training/Adam/dense/kernel/m.
            if (last.equals(slot) || names(last, centered).contains(slot)) {
                return tensor;
            }
        }
        return null;
    }

    private static boolean isRmsProp(String name) {
        String last = last(name);
        return last.equals("RMSProp") || last.startsWith("RMSProp_");
    }

    private static Set<String> names(String last, boolean centered) {
        List<Set<String>> exact = SLOTS.get(last);
        if (exact != null) {
            return exact.get(0);
        }
        // TF1 numbers the slots of a variable: Adam, Adam_1.
        int end = last.lastIndexOf('_');
        String optimizer = end < 0 ? last : last.substring(0, end);
        List<Set<String>> names = centered && optimizer.equals("RMSProp") ? CENTERED_RMSPROP : SLOTS.get(optimizer);
        for (int number = 1; names != null && number < names.size(); number++) {
            if (last.equals(optimizer + "_" + number)) {
                return names.get(number);
            }
        }
        return Set.of();
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
