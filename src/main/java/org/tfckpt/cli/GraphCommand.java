package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.graph.Variables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graph}: the variables that a graph has. */
@Command(
        name = "graph",
        description =
                "Lists the variables of a graph: name, dtype and shape, a line each, in the order of the graph. A '?'"
                        + " is a dimension that the graph does not know.",
        footer = {"", "Example: tfckpt graph log/model.ckpt-122543.meta"})
final class GraphCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            paramLabel = "GRAPH",
            description = "A .meta file, the prefix of a checkpoint that has one, a SavedModel directory or its"
                    + " saved_model.pb or .pbtxt, a GraphDef .pb or .pbtxt.")
    private Path path = Path.of("");

    @Option(names = "--python", description = "As Python prints name, dtype and shape.")
    private boolean python;

    @Option(
            names = "--json",
            description = "One JSON document: also op, collections, trainable, initializer, partition.")
    private boolean json;

    @Option(
            names = "--collection",
            paramLabel = "NAME",
            description = "Only variables of this collection: variables, trainable_variables, local_variables …")
    private @Nullable String collection;

    @Option(names = "--tags", split = ",", paramLabel = "TAG", description = "Which graph of a SavedModel of several.")
    private @Nullable List<String> tags;

    @Mixin
    private NameFilter filter = new NameFilter();

    @Mixin
    @SuppressWarnings("UnusedVariable") // what every command takes; the parser reads it
    private CommonOptions common = new CommonOptions();

    GraphCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Graph graph = open(path, tags);
        Variables variables = graph.variables().isEmpty() ? graph.objectVariables() : graph.variables();
        if (collection != null) {
            variables = variables.inCollection(collection);
        }
        variables = variables.where(variable -> filter.accepts(variable.name()));
        if (json) {
            GraphJson.write(console.out(), graph, variables);
        } else {
            for (GraphVariable variable : variables) {
                console.out().line(python ? variable.toPython() : variable.toString());
            }
        }
        return 0;
    }

    static Graph open(Path path, @Nullable List<String> tags) throws IOException {
        return tags == null ? Graph.open(path) : Graph.open(path, Set.copyOf(tags));
    }
}
