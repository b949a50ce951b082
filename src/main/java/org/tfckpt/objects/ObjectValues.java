package org.tfckpt.objects;

import java.util.BitSet;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject;

/** Finds the objects that have values: attributes, slots or a registered saver, in themselves or in a descendant. */
final class ObjectValues {
    private ObjectValues() {}

    /** Starts at the objects with values of their own, and follows each edge once, backwards. */
    static BitSet of(ObjectGraphBytes graph) {
        int[] starts = new int[graph.size() + 2];
        BitSet having = new BitSet(graph.size());
        for (int node = 0; node < graph.size(); node++) {
            ObjectGraphBytes.Fields fields = graph.fields(node);
            for (int field = fields.next(); field != 0; field = fields.next()) {
                switch (field) {
                    case TrackableObject.CHILDREN_FIELD_NUMBER ->
                        starts[fields.edge().getNodeId() + 2]++;
                    case TrackableObject.ATTRIBUTES_FIELD_NUMBER,
                            TrackableObject.SLOT_VARIABLES_FIELD_NUMBER,
                            TrackableObject.REGISTERED_SAVER_FIELD_NUMBER -> having.set(node);
                    default -> {}
                }
            }
        }
        int[] parents = parents(graph, starts);
        int[] queue = new int[graph.size()];
        int end = 0;
        for (int node = having.nextSetBit(0); node >= 0; node = having.nextSetBit(node + 1)) {
            queue[end++] = node;
        }
        for (int next = 0; next < end; next++) {
            for (int i = starts[queue[next]]; i < starts[queue[next] + 1]; i++) {
                if (!having.get(parents[i])) {
                    having.set(parents[i]);
                    queue[end++] = parents[i];
                }
            }
        }
        return having;
    }

    /**
     * Returns the parents of all nodes, grouped by node. On entry, {@code starts} has the number of parents of node n
     * at n + 2; on return, the index of its first parent at n.
     */
    private static int[] parents(ObjectGraphBytes graph, int[] starts) {
        for (int i = 1; i < starts.length; i++) {
            starts[i] += starts[i - 1];
        }
        int[] parents = new int[starts[starts.length - 1]];
        for (int node = 0; node < graph.size(); node++) {
            ObjectGraphBytes.Fields fields = graph.fields(node);
            for (int field = fields.next(); field != 0; field = fields.next()) {
                if (field == TrackableObject.CHILDREN_FIELD_NUMBER) {
                    // Each parent added to a group moves the start that is one node ahead to the end of the group.
                    parents[starts[fields.edge().getNodeId() + 1]++] = node;
                }
            }
        }
        return parents;
    }
}
