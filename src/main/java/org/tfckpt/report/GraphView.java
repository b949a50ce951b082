package org.tfckpt.report;

import java.io.IOException;
import java.util.List;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.RestorePlan;
import org.tfckpt.restore.SuggestedExclusion;
import org.tfckpt.restore.SuggestedPlan;
import org.tfckpt.restore.SuggestedRule;
import org.tfckpt.restore.Suggestion;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.restore.Wanted;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;

/**
 * Which variables of a graph a checkpoint has.
 *
 * @param graph the graph
 * @param comparison the comparison of its variables with the tensors
 * @param tensors the tensors
 */
record GraphView(Graph graph, Comparison comparison, TensorTable tensors) {
    private static final int MAX_UNUSED = 100_000;

    static GraphView of(Checkpoint checkpoint, Graph graph, TensorTable tensors) throws IOException {
        RestorePlan plan = RestorePlan.from(checkpoint).graph(graph).build();
        return new GraphView(graph, plan.comparison(), tensors);
    }

    void write(Columns out, ShownPaths paths) throws IOException {
        String file = graph.file().toString();
        paths.add(file);
        out.text("name", ShownPaths.fileName(file));
        out.flag("complete", comparison.isComplete());
        out.flag("partial", graph.isPartial());
        out.array("variables", comparison.variables(), source -> variable(out, source));
        List<TensorInfo> unused = comparison.unused();
        out.array(
                "unused", unused.subList(0, Math.min(MAX_UNUSED, unused.size())), info -> reference(out, info.name()));
        out.number("unused_count", unused.size());
        out.array("notes", comparison.notes().stream().map(paths::message).toList(), out::text);
        out.object("plan", () -> plan(out, SuggestedPlan.of(comparison)));
    }

    /** Writes {@code [variable, outcome, wanted, tensor or null, suggestions…]}. */
    private void variable(Columns out, VariableSource source) throws IOException {
        Wanted wanted = source.wanted();
        String dtype = wanted.dtype() == DataType.DT_INVALID ? "" : wanted.dtype() + " ";
        out.generator().writeStartArray();
        out.text(wanted.variable());
        out.text(outcome(source));
        out.text(dtype + wanted.shape().map(Object::toString).orElse("?"));
        if (source.tensor().isPresent()) {
            reference(out, source.tensor().get().name());
        } else {
            out.number(null);
            for (Suggestion suggestion : comparison.suggestions().of(source)) {
                out.text(suggestion.name());
            }
        }
        out.generator().writeEndArray();
    }

    private static String outcome(VariableSource source) {
        if (source.hasOtherShape()) {
            return "shape";
        }
        return source.hasOtherDtype()
                ? "dtype"
                : source.exclusion().isPresent() ? "excluded" : source.tensor().isPresent() ? "matched" : "missing";
    }

    /** Writes the row of a tensor, or its name if it has none. */
    private void reference(Columns out, String name) throws IOException {
        int row = tensors.indexOf(name);
        if (row >= 0) {
            out.number(row);
        } else {
            out.text(name);
        }
    }

    /** Writes the options that make a restore work. */
    private static void plan(Columns out, SuggestedPlan plan) throws IOException {
        out.flag("no_slots", plan.withoutSlots());
        out.array(
                "exclude",
                plan.exclusions().stream().map(SuggestedExclusion::pattern).toList(),
                out::text);
        out.array("from", plan.rules().stream().map(SuggestedRule::rule).toList(), out::text);
        out.array("not_restored", plan.notRestored().orElse(List.of()), out::text);
        out.number("found", plan.comparison().matched().size());
        out.flag("complete", plan.isComplete());
    }
}
