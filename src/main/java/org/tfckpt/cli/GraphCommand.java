package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.graph.Variables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graph}: lists the variables of a graph. */
@Command(
        name = "graph",
        header = "List the variables of a graph.",
        description = "Prints one line per variable in graph order: name, dtype and shape. '?' is an unknown dimension,"
                + " <unknown> an unknown dtype or shape.",
        footer = "Example: tfckpt graph log/model.ckpt-122543.meta")
final class GraphCommand extends ToolCommand {
    @Parameters(paramLabel = "GRAPH", description = "Graph to read: " + GraphArgument.FORMS)
    private Path path = Path.of("");

    @Option(names = "--python", description = "Print name, dtype and shape as Python does.")
    private boolean python;

    @Option(
            names = "--json",
            description = "Print one JSON document, with op, collections, initializer, partition and savers.")
    private boolean json;

    @Option(
            names = "--collection",
            paramLabel = "NAME",
            description = "List only the variables of a collection, for example trainable_variables.")
    private @Nullable String collection;

    @Option(names = "--tags", split = ",", paramLabel = "TAG", description = GraphArgument.TAGS)
    private @Nullable List<String> tags;

    @Option(names = "--graph-format", paramLabel = "FORMAT", description = GraphArgument.FORMAT)
    private GraphArgument.@Nullable Format format;

    @Mixin
    private NameFilter filter = new NameFilter();

    @Override
    public Integer call() throws IOException {
        Graph graph = GraphArgument.open(path, tags, format, console);
        Variables variables = graph.variables().isEmpty() ? graph.objectVariables() : graph.variables();
        if (collection != null) {
            if (!graph.collections().contains(collection)) {
                throw new IllegalArgumentException("the graph has no collection '" + collection + "'; "
                        + (graph.collections().isEmpty()
                                ? "it has no collections"
                                : "it has " + String.join(", ", graph.collections())));
            }
            variables = variables.inCollection(collection);
        }
        Variables selected = variables.where(variable -> filter.accepts(variable.name()));
        if (json) {
            out().json(out -> new GraphJson(out).write(graph, selected));
        } else {
            for (GraphVariable variable : selected) {
                out().line(python ? variable.toPython() : variable.toString());
            }
        }
        return 0;
    }
}
