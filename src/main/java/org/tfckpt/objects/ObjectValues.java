package org.tfckpt.objects;

import java.util.BitSet;

/** Which objects have values: attributes, slots or a saver of their own, in themselves or in an object below them. */
final class ObjectValues {
    private ObjectValues() {}

    /** Goes from those with values of their own to whatever leads to them: once along each edge, backwards. */
    static BitSet of(ObjectGraphBytes graph) {
        int[] starts = new int[graph.size() + 2];
        BitSet having = new BitSet(graph.size());
        for (int node = 0; node < graph.size(); node++) {
            int id = node;
            graph.walk(node, (in, tag) -> {
                if (tag == ObjectGraphWire.CHILDREN) {
                    starts[ObjectGraphWire.edge(in).node() + 2]++;
                    return true;
                }
                if (tag == ObjectGraphWire.ATTRIBUTES
                        || tag == ObjectGraphWire.SLOT_VARIABLES
                        || tag == ObjectGraphWire.REGISTERED_SAVER) {
                    having.set(id);
                }
                return false;
            });
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

    /** The parents of all nodes one after the other; those of a node begin at its start. */
    private static int[] parents(ObjectGraphBytes graph, int[] starts) {
        for (int i = 1; i < starts.length; i++) {
            starts[i] += starts[i - 1];
        }
        int[] parents = new int[starts[starts.length - 1]];
        for (int node = 0; node < graph.size(); node++) {
            int id = node;
            // Counted one node ahead until here; each parent put in moves the start to where it belongs.
            graph.walkEdges(node, place -> parents[starts[graph.edgeAt(place).node() + 1]++] = id);
        }
        return parents;
    }
}
