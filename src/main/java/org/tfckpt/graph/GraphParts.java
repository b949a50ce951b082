package org.tfckpt.graph;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a graph.
 *
 * @param file where it was read
 * @param kind what the file holds
 * @param info what there is besides variables
 * @param variables those with nodes, complete
 * @param savers the savers
 * @param objects the object graph of a TF2 SavedModel, or null
 * @param paths the ways to its objects, or null
 */
record GraphParts(
        Path file,
        GraphKind kind,
        Info info,
        Variables variables,
        List<GraphSaver> savers,
        @Nullable SavedObjects objects,
        @Nullable SavedPaths paths) {
    /** What there is besides variables. */
    record Info(
            Set<String> tags,
            Optional<String> tensorFlowVersion,
            OptionalInt producer,
            long nodes,
            long functions,
            Set<String> collections,
            Set<String> signatures) {}
}
