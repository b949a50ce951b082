package org.tfckpt.restore;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.TensorInfo;

/** The tensors of a checkpoint by name and, where it is object-based, by full name. */
final class Tensors {
    private final Map<String, TensorInfo> byName = new LinkedHashMap<>();
    private final Map<String, String> fullNames;

    Tensors(Collection<TensorInfo> tensors, Map<String, String> fullNames) {
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        this.fullNames = Map.copyOf(fullNames);
    }

    @Nullable
    TensorInfo find(String name) {
        TensorInfo tensor = byName.get(name);
        String key = tensor == null ? fullNames.get(name) : null;
        return key == null ? tensor : byName.get(key);
    }

    Collection<TensorInfo> all() {
        return byName.values();
    }

    Map<String, String> fullNames() {
        return fullNames;
    }

    boolean isObjectBased() {
        return byName.containsKey(ObjectKeys.OBJECT_GRAPH);
    }

    /** Returns whether TensorFlow stores the tensor for itself, so that no graph has a variable for it. */
    boolean isBookkeeping(TensorInfo tensor) {
        return isObjectBased()
                && List.of(ObjectKeys.OBJECT_GRAPH, ObjectKeys.SAVE_COUNTER).contains(tensor.name());
    }
}
