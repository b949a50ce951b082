package org.tfckpt.slots;

import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.slots.TensorRole.Kind;
import org.tfckpt.tensor.TensorInfo;

/** Recognises slots of an object-based checkpoint by its object graph, or by keys if there is no readable graph. */
final class ObjectSlots {
    private static final String VALUE = ObjectKeys.key("", ObjectKeys.VARIABLE_VALUE);

    /** Keras 2.11 and later keep an optimizer's state in one list that does not name the variables. */
    private static final Pattern IN_LIST = Pattern.compile("(.*)/_variables/[0-9]+", Pattern.DOTALL);

    private static final List<String> WITH_LIST =
            List.of("/_learning_rate", "/_current_learning_rate", "/_trainable_variables/0");

    private ObjectSlots() {}

    /** Returns the role of a tensor by the graph; null if unknown. */
    static @Nullable TensorRole inGraph(ObjectGraph graph, TensorInfo tensor) {
        ObjectNode.Attribute attribute = graph.attributeOf(tensor.name()).orElse(null);
        if (attribute == null) {
            return null;
        }
        ObjectNode.Slot slot = graph.slotOf(attribute.node()).orElse(null);
        if (slot != null) {
            return new TensorRole(Kind.SLOT, graph.node(slot.variable()).valueKey());
        }
        OptionalInt parent = graph.parentOf(attribute.node());
        return parent.isPresent() && graph.isOptimizer(parent.getAsInt()) && RelatedTensors.isScalar(tensor)
                ? hyperparameter(graph.nameOf(attribute.node()), tensor)
                : null;
    }

    private static @Nullable TensorRole hyperparameter(String name, TensorInfo tensor) {
        if (name.equals("beta1_power") || name.equals("beta2_power")) {
            return TensorRole.of(Kind.SLOT);
        }
        return KerasSlots.isHyperparameter(name, tensor) ? TensorRole.of(Kind.HYPERPARAMETER) : null;
    }

    /** Returns the role of a tensor by its key; null if unknown. */
    static @Nullable TensorRole byKey(TensorInfo tensor, RelatedTensors related) throws IOException {
        String key = tensor.name();
        int slot = key.lastIndexOf(ObjectKeys.OPTIMIZER_SLOT);
        if (slot >= 0) {
            return TensorRole.of(Kind.SLOT, key.substring(0, slot) + VALUE);
        }
        if (!key.endsWith(VALUE)) {
            return null;
        }
        String path = key.substring(0, key.length() - VALUE.length());
        Matcher inList = IN_LIST.matcher(path);
        if (inList.matches()) {
            return isListOfOptimizer(inList.group(1), related) ? TensorRole.of(Kind.SLOT) : null;
        }
        int slash = path.lastIndexOf('/');
        boolean isHyperparameter = slash >= 0
                && KerasSlots.isHyperparameter(path.substring(slash + 1), tensor)
                && KerasSlots.isOptimizer(path.substring(0, slash), VALUE, true, related);
        return isHyperparameter ? TensorRole.of(Kind.HYPERPARAMETER) : null;
    }

    private static boolean isListOfOptimizer(String path, RelatedTensors related) throws IOException {
        if (related.hasScalar(path + "/_iterations" + VALUE)) {
            for (String other : WITH_LIST) {
                if (related.find(path + other + VALUE) != null) {
                    return true;
                }
            }
        }
        return false;
    }
}
