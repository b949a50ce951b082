package org.tfckpt.objects;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The path of each object: the first one that a breadth-first walk from the root finds, as TensorFlow names them; of a
 * slot, the path made from those of its variable and its optimizer. Kept as links to the parents, and put together when
 * it is asked for: the paths of a chain of n objects are n² long together.
 */
final class ObjectPaths {
    private static final int NONE = -1;

    private final ObjectGraphBytes graph;

    /** Per node the number of its parent. */
    private final int[] parents;

    /** Per node the place of the edge from its parent. */
    private final int[] edges;

    /** Per node the place of the slot reference that names it. */
    private final int[] slots;

    private final BitSet optimizers = new BitSet();

    ObjectPaths(ObjectGraphBytes graph) {
        this.graph = graph;
        parents = filled(graph.size());
        edges = filled(graph.size());
        slots = filled(graph.size());
        walkBreadthFirst();
        findSlots();
    }

    private static int[] filled(int size) {
        int[] array = new int[size];
        Arrays.fill(array, NONE);
        return array;
    }

    private void walkBreadthFirst() {
        int[] queue = new int[graph.size()];
        int[] end = {1};
        for (int next = 0; next < end[0]; next++) {
            int parent = queue[next];
            graph.walkEdges(parent, place -> {
                int child = graph.edgeAt(place).node();
                if (child != 0 && parents[child] == NONE) {
                    parents[child] = parent;
                    edges[child] = place;
                    queue[end[0]++] = child;
                }
            });
        }
    }

    private void findSlots() {
        for (int optimizer = 0; optimizer < graph.size(); optimizer++) {
            int id = optimizer;
            graph.walk(id, (in, tag) -> {
                if (tag != ObjectGraphWire.SLOT_VARIABLES) {
                    return false;
                }
                int place = in.getTotalBytesRead();
                slots[ObjectGraphWire.slot(in, id).node()] = place;
                optimizers.set(id);
                return true;
            });
        }
    }

    boolean isOptimizer(int node) {
        return optimizers.get(node);
    }

    /** Whether an edge, by its place, is the one that the path of its child comes along. */
    boolean isOnPath(int child, int place) {
        return edges[child] == place;
    }

    Optional<ObjectNode.Slot> slotOf(int node) {
        return slots[node] == NONE ? Optional.empty() : Optional.of(graph.slotAt(slots[node]));
    }

    /** The parent on the path; empty for the root, for slots, and for what nothing leads to. */
    OptionalInt parent(int node) {
        return parents[node] == NONE ? OptionalInt.empty() : OptionalInt.of(parents[node]);
    }

    /** The name of the last edge of the path; empty where there is no parent. */
    Optional<String> name(int node) {
        return edges[node] == NONE
                ? Optional.empty()
                : Optional.of(graph.edgeAt(edges[node]).name());
    }

    Optional<String> path(int node) {
        if (isReached(node)) {
            return Optional.of(reached(node));
        }
        // A slot of a slot has none: TensorFlow makes no such thing, and two slots could name each other.
        return slotOf(node)
                .filter(slot -> isReached(slot.variable()) && isReached(slot.optimizer()))
                .map(slot -> ObjectKeys.slotPath(reached(slot.variable()), reached(slot.optimizer()), slot.name()));
    }

    private boolean isReached(int node) {
        return node == 0 || parents[node] != NONE;
    }

    private String reached(int node) {
        Deque<String> names = new ArrayDeque<>();
        for (int current = node; current != 0; current = parents[current]) {
            names.addFirst(ObjectKeys.escape(graph.edgeAt(edges[current]).name()));
        }
        return String.join("/", names);
    }
}
