package org.tfckpt.restore;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.tensor.TensorInfo;

/**
 * The tensors of a checkpoint by name and, where it is object-based, by full name and by path.
 *
 * @param byName the tensors by their own names
 * @param fullNames the name of the tensor for each full name
 * @param ambiguousNames the full names that several variables have
 * @param kinds the kinds of names by which tensors are found, the first of which takes precedence
 */
record Tensors(
        Map<String, TensorInfo> byName,
        Map<String, String> fullNames,
        Set<String> ambiguousNames,
        List<NameKind> kinds) {
    private static final String OUTPUT = ":0";
    private static final String VALUE = ObjectKeys.key("", ObjectKeys.VARIABLE_VALUE);

    /** As TensorFlow's savers look up names, and as their users expect it of keys. */
    private static final List<NameKind> DEFAULT = List.of(NameKind.KEY, NameKind.FULL);

    /** Returns tensors that are found by name, and by the full names given. */
    static Tensors of(Collection<TensorInfo> tensors, Map<String, String> fullNames) {
        return new Tensors(index(tensors), Map.copyOf(fullNames), Set.of(), DEFAULT);
    }

    /** Returns the tensors of a checkpoint. If several variables have one full name, the last one is found by it. */
    static Tensors of(Collection<TensorInfo> tensors, ObjectGraph graph) {
        Map<String, String> fullNames = new HashMap<>();
        Set<String> ambiguous = new HashSet<>();
        graph.attributes().filter(attribute -> !attribute.fullName().isEmpty()).forEach(attribute -> {
            String name = fullName(attribute);
            String other = fullNames.put(name, attribute.key());
            if (other != null && !other.equals(attribute.key())) {
                ambiguous.add(name);
            }
        });
        return new Tensors(index(tensors), Collections.unmodifiableMap(fullNames), ambiguous, DEFAULT);
    }

    private static Map<String, TensorInfo> index(Collection<TensorInfo> tensors) {
        Map<String, TensorInfo> byName = new LinkedHashMap<>();
        tensors.forEach(tensor -> byName.put(tensor.name(), tensor));
        return byName;
    }

    private static String fullName(ObjectNode.Attribute attribute) {
        String name = attribute.fullName();
        return name.endsWith(OUTPUT) ? name.substring(0, name.length() - OUTPUT.length()) : name;
    }

    /** Returns the same tensors, found by names of the given kinds, the first of which takes precedence. */
    Tensors by(NameKind... others) {
        return new Tensors(byName, fullNames, ambiguousNames, List.of(others));
    }

    /** Returns the same names with other shapes. */
    Tensors with(UnaryOperator<TensorInfo> change) {
        Map<String, TensorInfo> changed = new LinkedHashMap<>(byName);
        changed.replaceAll((name, tensor) -> change.apply(tensor));
        return new Tensors(changed, fullNames, ambiguousNames, kinds);
    }

    @Nullable
    TensorInfo find(String name) {
        if (!isObjectBased() && fullNames.isEmpty()) {
            return byName.get(name);
        }
        for (NameKind kind : kinds) {
            String key = switch (kind) {
                case KEY -> name;
                case FULL -> fullNames.get(name);
                case PATH -> name + VALUE;
            };
            TensorInfo tensor = key == null ? null : byName.get(key);
            if (tensor != null) {
                return tensor;
            }
        }
        return null;
    }

    /** Returns all names that find a tensor: those of the tensors first, then others in alphabetical order. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        if (kinds.contains(NameKind.KEY) || !isObjectBased()) {
            names.addAll(byName.keySet());
        }
        Set<String> others = new TreeSet<>();
        if (kinds.contains(NameKind.FULL)) {
            fullNames.forEach((name, key) -> {
                if (byName.containsKey(key)) {
                    others.add(name);
                }
            });
        }
        if (kinds.contains(NameKind.PATH) && isObjectBased()) {
            byName.keySet().stream()
                    .filter(name -> name.endsWith(VALUE))
                    .forEach(name -> others.add(name.substring(0, name.length() - VALUE.length())));
        }
        names.addAll(others);
        return names;
    }

    Collection<TensorInfo> all() {
        return byName.values();
    }

    /** Returns whether several variables of the checkpoint have this full name. */
    boolean isAmbiguous(String fullName) {
        return ambiguousNames.contains(fullName);
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
