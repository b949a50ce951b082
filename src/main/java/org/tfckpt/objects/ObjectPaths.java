package org.tfckpt.objects;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalInt;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject;

/**
 * The path of each object: the first one that a breadth-first walk from the root finds, as in TensorFlow; the path of a
 * slot is made from those of its variable and its optimizer. Only links to the parents are stored, because the paths of
 * a chain of n objects are n² long together.
 */
final class ObjectPaths {
    private static final int NONE = -1;

    private final ObjectGraphBytes graph;

    /** The parent of each node. */
    private final int[] parents;

    /** The offset of the edge from the parent to each node. */
    private final int[] edges;

    /** The offset of the slot reference that names each node. */
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
            int node = queue[next];
            graph.forEachEdge(node, (child, offset) -> {
                if (child != 0 && parents[child] == NONE) {
                    parents[child] = node;
                    edges[child] = offset;
                    queue[end[0]++] = child;
                }
            });
        }
    }

    private void findSlots() {
        for (int optimizer = 0; optimizer < graph.size(); optimizer++) {
            ObjectGraphBytes.Fields fields = graph.fields(optimizer);
            for (int field = fields.next(); field != 0; field = fields.next()) {
                if (field == TrackableObject.SLOT_VARIABLES_FIELD_NUMBER) {
                    slots[fields.slot().getSlotVariableNodeId()] = fields.offset();
                    optimizers.set(optimizer);
                }
            }
        }
    }

    boolean isOptimizer(int node) {
        return optimizers.get(node);
    }

    /** Returns whether the edge at an offset is the last one on the path of its child. */
    boolean isOnPath(int child, int offset) {
        return edges[child] == offset;
    }

    Optional<ObjectNode.Slot> slotOf(int node) {
        return slots[node] == NONE ? Optional.empty() : Optional.of(graph.slotAt(slots[node]));
    }

    /** Returns the parent on the path; empty for the root, slots and unreachable objects. */
    OptionalInt parent(int node) {
        return parents[node] == NONE ? OptionalInt.empty() : OptionalInt.of(parents[node]);
    }

    /** Returns the name of the last edge of the path; empty if there is no parent. */
    Optional<String> name(int node) {
        return edges[node] == NONE ? Optional.empty() : Optional.of(edgeName(node));
    }

    Optional<String> path(int node) {
        if (isReachable(node)) {
            return Optional.of(pathFromRoot(node));
        }
        // A slot of a slot has no path: TensorFlow never writes one, and two slots could name each other.
        return slotOf(node)
                .filter(slot -> isReachable(slot.variable()) && isReachable(slot.optimizer()))
                .map(slot -> ObjectKeys.slotPath(
                        pathFromRoot(slot.variable()), pathFromRoot(slot.optimizer()), slot.name()));
    }

    private boolean isReachable(int node) {
        return node == 0 || parents[node] != NONE;
    }

    private String pathFromRoot(int node) {
        Deque<String> names = new ArrayDeque<>();
        for (int current = node; current != 0; current = parents[current]) {
            names.addFirst(ObjectKeys.escape(edgeName(current)));
        }
        return String.join("/", names);
    }

    private String edgeName(int node) {
        return ObjectGraphBytes.name(graph.edgeAt(edges[node]).getLocalName());
    }
}
