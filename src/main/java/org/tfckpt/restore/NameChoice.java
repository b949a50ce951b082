package org.tfckpt.restore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares variables with an object-based checkpoint, or those of an object-based graph, by the names that fit best. */
record NameChoice(
        List<NamedVariable> variables,
        List<GraphWants> graphs,
        Tensors tensors,
        NameMapping mapping,
        Exclusions exclusions) {

    /** Compares by the names given, or if they are null, by those with the most matches. */
    Comparison compare(@Nullable NameKind given) throws IOException {
        boolean objectGraph = graphs.stream().anyMatch(GraphWants::isObjectBased);
        if (!objectGraph && !tensors.isObjectBased()) {
            return compare(NameKind.KEY, tensors, null);
        }
        if (given != null) {
            Tensors found = given == NameKind.KEY ? tensors.by(given) : tensors.by(given, NameKind.KEY);
            return compare(given, found, given);
        }
        NameKind best = best(objectGraph && tensors.isObjectBased());
        Tensors found = switch (best) {
            case KEY -> tensors.by(NameKind.KEY, NameKind.FULL);
            case FULL -> tensors.by(NameKind.FULL, NameKind.KEY);
            // A path may be the full name of another variable.
            case PATH -> tensors.by(NameKind.PATH, NameKind.KEY);
        };
        return compare(best, found, best);
    }

    /**
     * Returns the kind with the most matches. If several have as many, keys take precedence between two object graphs,
     * else full names, which are names in both worlds.
     */
    private NameKind best(boolean bothObjectBased) throws IOException {
        NameKind best = NameKind.KEY;
        long most = -1;
        for (NameKind kind : bothObjectBased
                ? List.of(NameKind.KEY, NameKind.FULL, NameKind.PATH)
                : List.of(NameKind.FULL, NameKind.KEY, NameKind.PATH)) {
            long complete = compare(kind, tensors.by(kind), kind).variables().stream()
                    .filter(source -> source.outcome() == Outcome.MATCHED || source.outcome() == Outcome.EXCLUDED)
                    .count();
            if (complete > most) {
                best = kind;
                most = complete;
            }
        }
        return best;
    }

    private Comparison compare(NameKind kind, Tensors found, @Nullable NameKind stated) throws IOException {
        List<NamedVariable> named = new ArrayList<>(variables);
        for (GraphWants graph : graphs) {
            named.addAll(graph.named(kind));
        }
        return Comparison.of(named, found, mapping, exclusions, stated);
    }
}
