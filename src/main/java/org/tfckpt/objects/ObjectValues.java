package org.tfckpt.objects;

import java.util.Arrays;
import java.util.BitSet;
import org.tfckpt.io.LongList;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject;

/** Finds the objects that have values: attributes, slots or a registered saver, in themselves or in a descendant. */
final class ObjectValues {
    private ObjectValues() {}

    /** Starts at the objects with values of their own, and follows each edge once, backwards. */
    static BitSet of(ObjectGraphBytes graph) {
        BitSet having = new BitSet(graph.size());
        // The child in the upper half, its parent in the lower one.
        LongList edges = new LongList();
        for (int node = 0; node < graph.size(); node++) {
            ObjectGraphBytes.Fields fields = graph.fields(node);
            for (int field = fields.next(); field != 0; field = fields.next()) {
                switch (field) {
                    case TrackableObject.CHILDREN_FIELD_NUMBER ->
                        edges.add((long) fields.edge().getNodeId() << Integer.SIZE | node);
                    case TrackableObject.ATTRIBUTES_FIELD_NUMBER,
                            TrackableObject.SLOT_VARIABLES_FIELD_NUMBER,
                            TrackableObject.REGISTERED_SAVER_FIELD_NUMBER -> having.set(node);
                    default -> {}
                }
            }
        }
        edges.sort();
        long[] byChild = edges.toArray();
        int[] queue = Arrays.copyOf(having.stream().toArray(), graph.size());
        int end = having.cardinality();
        for (int next = 0; next < end; next++) {
            int found = Arrays.binarySearch(byChild, (long) queue[next] << Integer.SIZE);
            for (int i = found < 0 ? -found - 1 : found;
                    i < byChild.length && byChild[i] >>> Integer.SIZE == queue[next];
                    i++) {
                int parent = (int) byChild[i];
                if (!having.get(parent)) {
                    having.set(parent);
                    queue[end++] = parent;
                }
            }
        }
        return having;
    }
}
