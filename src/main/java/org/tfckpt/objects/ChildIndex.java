package org.tfckpt.objects;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The children of each object in the order of their names, so that one is found without going through all. */
final class ChildIndex {
    private final ObjectGraphBytes graph;

    /** The places of all edges, those of an object one after the other. */
    private final Integer[] edges;

    /** Where the edges of each object begin. */
    private final int[] starts;

    ChildIndex(ObjectGraphBytes graph) {
        this.graph = graph;
        starts = new int[graph.size() + 1];
        for (int node = 0; node < graph.size(); node++) {
            int[] count = {0};
            graph.walkEdges(node, place -> count[0]++);
            starts[node + 1] = starts[node] + count[0];
        }
        edges = new Integer[starts[graph.size()]];
        for (int node = 0; node < graph.size(); node++) {
            int[] next = {starts[node]};
            graph.walkEdges(node, place -> edges[next[0]++] = place);
            // Stable: of several children of one name, the first in the graph stays the first.
            Arrays.sort(
                    edges,
                    starts[node],
                    starts[node + 1],
                    Comparator.comparing(place -> graph.edgeAt(place).name()));
        }
    }

    /** The first child whose name is not before a text; null if all are. One that begins with the text is such a child. */
    ObjectGraphWire.@Nullable Edge ceiling(int node, String text) {
        int low = starts[node];
        int high = starts[node + 1];
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (graph.edgeAt(edges[middle]).name().compareTo(text) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < starts[node + 1] ? graph.edgeAt(edges[low]) : null;
    }
}
