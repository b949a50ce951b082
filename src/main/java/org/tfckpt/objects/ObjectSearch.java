package org.tfckpt.objects;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tfckpt.tensor.TensorNames;

/** Finds an object by the names on any path that leads to it from the root, not only the shortest one. */
final class ObjectSearch {
    private static final String SEPARATOR = "/";
    private static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();

    private final ObjectGraphBytes graph;

    /** The offsets of all edges, grouped by parent and sorted by name within a group. */
    private final List<Integer> edges = new ArrayList<>();

    /** The index of each node's first edge; one more element marks the end. */
    private final int[] starts;

    ObjectSearch(ObjectGraphBytes graph) {
        this.graph = graph;
        starts = new int[graph.size() + 1];
        for (int node = 0; node < graph.size(); node++) {
            graph.forEachEdge(node, (child, offset) -> edges.add(offset));
            starts[node + 1] = edges.size();
            // A stable sort: the first of several children of one name stays first.
            edges.subList(starts[node], starts[node + 1])
                    .sort(Comparator.comparing(offset -> graph.edgeAt(offset).getLocalName(), ORDER));
        }
    }

    /** Returns the first edge whose name is not before {@code name}; null if there is none. */
    private @Nullable ObjectReference ceiling(int node, ByteString name) {
        int low = starts[node];
        int high = starts[node + 1];
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ORDER.compare(graph.edgeAt(edges.get(middle)).getLocalName(), name) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < starts[node + 1] ? graph.edgeAt(edges.get(low)) : null;
    }

    private static ByteString bytes(String name) {
        return ByteString.copyFrom(TensorNames.encode(name));
    }

    /** Finds an object by escaped names, which contain no slashes. */
    OptionalInt byEscaped(String path) {
        int node = 0;
        if (!path.isEmpty()) {
            for (String part : path.split(SEPARATOR, -1)) {
                ByteString name = bytes(ObjectKeys.unescape(part));
                ObjectReference edge = ceiling(node, name);
                if (edge == null || !edge.getLocalName().equals(name)) {
                    return OptionalInt.empty();
                }
                node = edge.getNodeId();
            }
        }
        return OptionalInt.of(node);
    }

    /**
     * Finds an object by unescaped names. These may contain slashes, so a path can be split in several ways: all are
     * followed in parallel, each object once per position in the path, so cycles in the graph do no harm.
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

    /** Tries longer and longer parts of the path as a child's name, as long as any name begins with them. */
    private OptionalInt follow(String path, int from, int node, Map<Integer, Set<Integer>> reached) {
        int end = from - 1;
        while (end < path.length()) {
            int slash = path.indexOf(SEPARATOR, end + 1);
            end = slash < 0 ? path.length() : slash;
            ByteString name = bytes(path.substring(from, end));
            ObjectReference edge = ceiling(node, name);
            // If any name begins with this part, then the first name that is not before it does.
            if (edge == null || !edge.getLocalName().startsWith(name)) {
                break;
            }
            if (edge.getLocalName().equals(name)) {
                if (slash < 0) {
                    return OptionalInt.of(edge.getNodeId());
                }
                reached.computeIfAbsent(end + 1, unused -> new LinkedHashSet<>())
                        .add(edge.getNodeId());
            }
        }
        return OptionalInt.empty();
    }
}
