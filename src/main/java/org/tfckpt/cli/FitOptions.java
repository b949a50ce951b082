package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.edit.GraphFit;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.graph.Graph;
import org.tfckpt.restore.NameMapping;
import picocli.CommandLine.Option;

/** Options of {@code rewrite} that fit a checkpoint to a graph. */
final class FitOptions {
    @Option(
            names = "--for",
            paramLabel = "GRAPH",
            description = "Keep only the variables of GRAPH, under the graph's names. If GRAPH is a TF2 checkpoint or"
                    + " SavedModel, the new checkpoint is object-based and has its object graph.")
    private @Nullable Path graph;

    @Option(
            names = "--from",
            paramLabel = "RULE",
            description = "With --for: rewrite the graph's name of a variable (the full name, in TF2) to its name in"
                    + " the checkpoint, with a sed rule: 's#^init/#input/#'. Repeatable, applied in order.")
    private List<String> from = new ArrayList<>();

    @Option(
            names = "--fill-from",
            paramLabel = "CHECKPOINT",
            description = "With --for: take variables that are missing, excluded, or of another shape or dtype from"
                    + " CHECKPOINT, which the new model saved, so that the new checkpoint is complete. The --from"
                    + " rules do not apply to it.")
    private @Nullable Path fill;

    @Option(
            names = "--resize",
            description = "With --for: if a tensor has the right rank and dtype but another shape, keep its values"
                    + " where the shapes overlap. The others come from --fill-from, or are zeros.")
    private boolean resize;

    @Option(
            names = "--tags",
            split = ",",
            paramLabel = "TAG",
            description = "With --for: use the graph of a SavedModel with these tags (default: its only graph).")
    private @Nullable List<String> tags;

    @Option(names = "--graph-format", paramLabel = "FORMAT", description = "With --for: " + GraphArgument.FORMAT)
    private GraphArgument.@Nullable Format format;

    @Option(
            names = "--partial",
            description = "With --for: write the variables that are found, even if others are missing. "
                    + MovingAverageOptions.PARTIAL)
    private boolean partial;

    @Option(names = "--ema", description = MovingAverageOptions.EMA)
    private boolean movingAverages;

    FitOptions() {}

    /** Opens a checkpoint that is closed when the command ends. */
    @FunctionalInterface
    interface Opener {
        Checkpoint open(Path path) throws IOException;
    }

    @Nullable
    Path graphFile() {
        return graph;
    }

    boolean fills() {
        return fill != null;
    }

    /** Replaces variables by their moving averages, if --ema was given. */
    void applyMovingAverages(Rewrite.Builder rewrite) {
        if (movingAverages) {
            rewrite.movingAverages(partial);
        }
    }

    private boolean isUsed() {
        return (partial && !movingAverages)
                || resize
                || fill != null
                || !from.isEmpty()
                || tags != null
                || format != null;
    }

    /** Returns what to fit to; empty if there is no --for. */
    Optional<GraphFit> fit(Opener opener, Console console) throws IOException {
        if (graph == null) {
            if (isUsed()) {
                throw new IllegalArgumentException(
                        "--from, --fill-from, --resize, --partial, --tags and --graph-format require"
                                + " --for; use --rename to rename tensors");
            }
            return Optional.empty();
        }
        GraphFit fit = target(GraphArgument.open(graph, tags, format, console), opener)
                .from(MappingOptions.sed(NameMapping.NONE, from));
        fit = fill == null ? fit : fit.fillFrom(opener.open(fill));
        fit = resize ? fit.resize() : fit;
        return Optional.of(partial ? fit.allowMissing() : fit);
    }

    private static GraphFit target(Graph graph, Opener opener) throws IOException {
        Optional<Path> checkpoint = graph.isObjectBased() ? graph.checkpoint() : Optional.empty();
        return checkpoint.isPresent() ? GraphFit.to(opener.open(checkpoint.get())) : GraphFit.to(graph);
    }
}
