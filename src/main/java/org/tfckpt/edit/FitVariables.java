package org.tfckpt.edit;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.Outcome;
import org.tfckpt.restore.RestorePlan;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.restore.Wanted;
import org.tfckpt.tensor.NamePattern;

/** The variables that a checkpoint is fitted to, and how they are found in a checkpoint. */
interface FitVariables {
    /** A variable, by its name in the new checkpoint, and the tensor that it may come from. */
    record Found(String name, VariableSource source) {
        Wanted wanted() {
            return source.wanted();
        }

        boolean isExcluded() {
            return source.outcome() == Outcome.EXCLUDED;
        }
    }

    /**
     * Finds all variables in a checkpoint, always in the same order and under the same names. The mapping leads from
     * names of variables to names in the checkpoint; {@code notes} receives rules and exclusions that match no
     * variable.
     */
    List<Found> in(
            Checkpoint checkpoint, NameMapping mapping, Collection<NamePattern> exclusions, Collection<String> notes)
            throws IOException;

    /** Returns the variables of a graph. */
    static FitVariables of(Graph graph) {
        return (checkpoint, mapping, exclusions, notes) -> {
            RestorePlan plan = RestorePlan.from(checkpoint)
                    .graph(graph)
                    .exclude(exclusions)
                    .mapping(mapping)
                    .build();
            noteIdle(plan.comparison(), notes);
            return plan.comparison().variables().stream()
                    .map(source -> new Found(source.wanted().name(), source))
                    .toList();
        };
    }

    static void noteIdle(Comparison comparison, Collection<String> notes) {
        comparison.idleRules().forEach(rule -> notes.add("the rule " + rule + " does not match any variable"));
        comparison
                .idleExclusions()
                .forEach(pattern -> notes.add("the exclusion " + pattern + " does not match any variable"));
    }
}
