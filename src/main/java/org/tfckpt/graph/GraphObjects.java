package org.tfckpt.graph;

import java.util.List;
import java.util.Optional;

/** The objects of a TF2 SavedModel or checkpoint: the variables among them, and the named edges between them. */
interface GraphObjects {
    /** An edge from an object to a child. */
    record Edge(int child, String name) {}

    /** A variable in which an optimizer stores state for another variable. */
    record Slot(int optimizer, int original, String name, int variable) {}

    /** Returns the number of objects; 0 is the root. */
    int size();

    Variables variables();

    List<Edge> edgesOf(int object);

    List<Slot> slots();

    /** Returns the shortest path to a variable with its names escaped; empty if its object is unreachable. */
    Optional<String> pathOf(GraphVariable variable);

    /** Returns the checkpoint key of a variable; empty if its object is unreachable. */
    Optional<String> keyOf(GraphVariable variable);
}
