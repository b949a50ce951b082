package org.tfckpt.graph;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a graph file.
 *
 * @param file the file
 * @param kind the kind of the file
 * @param info versions, sizes and names
 * @param variables the variables that have nodes
 * @param savers the savers
 * @param objects the objects of a TF2 SavedModel or checkpoint, or null
 * @param partial whether there may be more variables, as in the text of a failed restore
 * @param eager whether the program that has these variables runs eagerly
 * @param notes what a user should know about how the graph was read, one sentence each
 */
record GraphParts(
        Path file,
        GraphKind kind,
        Info info,
        Variables variables,
        List<GraphSaver> savers,
        @Nullable GraphObjects objects,
        boolean partial,
        boolean eager,
        List<String> notes) {
    /** Properties of a graph other than its variables, savers and objects. */
    record Info(
            Set<String> tags,
            Optional<String> tensorFlowVersion,
            OptionalInt producer,
            long nodes,
            long functions,
            Set<String> collections,
            Set<String> signatures) {
        static final Info NONE = new Info(Set.of(), Optional.empty(), OptionalInt.empty(), 0, 0, Set.of(), Set.of());
    }

    GraphParts withNote(String note) {
        List<String> all = new ArrayList<>(notes);
        all.add(note);
        return new GraphParts(file, kind, info, variables, savers, objects, partial, eager, List.copyOf(all));
    }
}
