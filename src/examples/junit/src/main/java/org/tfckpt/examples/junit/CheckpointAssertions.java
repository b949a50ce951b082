package org.tfckpt.examples.junit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.opentest4j.AssertionFailedError;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.RestoreException;
import org.tfckpt.restore.RestorePlan;

/** Assertions on checkpoints. They read the index only, so they take milliseconds for a checkpoint of any size. */
public final class CheckpointAssertions {
    private CheckpointAssertions() {}

    /**
     * Asserts that a restore finds every variable of a graph in a checkpoint, with its shape and dtype.
     *
     * @param checkpoint the checkpoint, in any form that {@link Checkpoint#open} accepts
     * @param graph the graph: {@link Graph#open} reads it from a file, {@link Graph#parse} from printed variables
     * @throws AssertionFailedError whose message lists the variables that do not fit, with suggestions
     */
    public static void assertFits(Path checkpoint, Graph graph) throws IOException {
        assertFits(checkpoint, graph, plan -> plan);
    }

    /**
     * Asserts the same for a program that renames or leaves out variables. Fails also if a rule is outdated, because it applies
     * to no variable.
     *
     * @param rules adds the rules of the program, for example
     *     {@code plan -> plan.withoutSlots().exclude(NamePattern.of("aux/**"))}
     */
    public static void assertFits(Path checkpoint, Graph graph, UnaryOperator<RestorePlan.Builder> rules)
            throws IOException {
        compare(checkpoint, graph, rules);
    }

    /** Asserts the same, and that the graph uses every tensor of the checkpoint. */
    public static void assertFitsExactly(Path checkpoint, Graph graph, UnaryOperator<RestorePlan.Builder> rules)
            throws IOException {
        Comparison comparison = compare(checkpoint, graph, rules);
        if (!comparison.unused().isEmpty()) {
            throw new AssertionFailedError(
                    "the graph does not use these tensors of '" + checkpoint + "': " + comparison.unused());
        }
    }

    private static Comparison compare(Path checkpoint, Graph graph, UnaryOperator<RestorePlan.Builder> rules)
            throws IOException {
        try (Checkpoint opened = Checkpoint.open(checkpoint)) {
            RestorePlan.Builder plan = RestorePlan.from(opened).graph(graph);
            Comparison comparison = rules.apply(plan).build().requireComplete().comparison();
            if (!comparison.idleExclusions().isEmpty()
                    || !comparison.idleRules().isEmpty()) {
                throw new AssertionFailedError("outdated rules, which apply to no variable of the graph: "
                        + comparison.idleExclusions() + comparison.idleRules());
            }
            return comparison;
        } catch (RestoreException e) {
            throw new AssertionFailedError(e.getMessage(), e);
        }
    }
}
