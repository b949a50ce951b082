package org.tfckpt.objects;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** Finds an object by the names that lead to it from the root, along any way, not the shortest alone. */
final class ObjectSearch {
    private static final String SEPARATOR = "/";

    private final ChildIndex children;

    ObjectSearch(ObjectGraphBytes graph) {
        children = new ChildIndex(graph);
    }

    /** By escaped names, which are told apart by their slashes alone. */
    OptionalInt byEscaped(String path) {
        int node = 0;
        if (!path.isEmpty()) {
            for (String part : path.split(SEPARATOR, -1)) {
                String name = ObjectKeys.unescape(part);
                ObjectGraphWire.Edge edge = children.ceiling(node, name);
                if (edge == null || !edge.name().equals(name)) {
                    return OptionalInt.empty();
                }
                node = edge.node();
            }
        }
        return OptionalInt.of(node);
    }

    /**
     * By the names as they are. A name may hold slashes, so that a text can be cut in several ways: all are followed side
     * by side, each object once for each place in the text, which ends also where the graph goes in circles.
     */
    OptionalInt byName(String path) {
        TreeMap<Integer, Set<Integer>> reached = new TreeMap<>();
        reached.put(0, Set.of(0));
        while (!reached.isEmpty()) {
            Map.Entry<Integer, Set<Integer>> next = reached.pollFirstEntry();
            for (int node : next.getValue()) {
                OptionalInt found = follow(path, next.getKey(), node, reached);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return OptionalInt.empty();
    }

    /** Tries longer and longer pieces of the text as a child's name, as long as any name begins with them. */
    private OptionalInt follow(String path, int from, int node, Map<Integer, Set<Integer>> reached) {
        int end = from - 1;
        while (end < path.length()) {
            int slash = path.indexOf(SEPARATOR, end + 1);
            end = slash < 0 ? path.length() : slash;
            String name = path.substring(from, end);
            ObjectGraphWire.Edge edge = children.ceiling(node, name);
            if (edge == null || !edge.name().startsWith(name)) {
                break;
            }
            if (edge.name().equals(name)) {
                if (slash < 0) {
                    return OptionalInt.of(edge.node());
                }
                reached.computeIfAbsent(end + 1, unused -> new LinkedHashSet<>())
                        .add(edge.node());
            }
        }
        return OptionalInt.empty();
    }
}
