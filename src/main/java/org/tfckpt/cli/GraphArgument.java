package org.tfckpt.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.Graph;

/** A GRAPH as the user gives it: a path, or {@code -} for a text on standard input. */
final class GraphArgument {
    static final String FORMS =
            "a .meta file, a SavedModel directory or its saved_model.pb or .pbtxt, a GraphDef .pb or"
                    + " .pbtxt, a checkpoint (its .meta file if it has one, else its variables), a text that prints the"
                    + " variables or the error of a failed restore, or - to read such a text from standard input.";
    static final String TAGS = "Use the graph of a SavedModel with these tags (default: its only graph).";
    static final String FORMAT =
            "Read GRAPH as a text of the given format: ${COMPLETION-CANDIDATES} (one name per line)."
                    + " By default, the format is recognised.";

    private static final Path STANDARD_INPUT = Path.of("-");

    /** The values of {@code --graph-format}. */
    enum Format {
        NAMES;

        @Override
        public String toString() {
            return "names";
        }
    }

    private GraphArgument() {}

    /** Reads a graph, and prints what the user should know about it. */
    static Graph open(Path path, @Nullable List<String> tags, @Nullable Format format, Console console)
            throws IOException {
        Graph graph = read(path, tags, format, console.in());
        graph.notes().forEach(console::message);
        return graph;
    }

    private static Graph read(
            Path path, @Nullable List<String> tags, @Nullable Format format, InputStream standardInput)
            throws IOException {
        boolean isStandardInput = path.equals(STANDARD_INPUT);
        if (tags != null && (format != null || isStandardInput)) {
            throw new IllegalArgumentException("--tags selects a graph of a SavedModel, so GRAPH cannot be a text");
        }
        if (format == Format.NAMES) {
            if (Files.isDirectory(path)) {
                throw new IllegalArgumentException(
                        "'" + path + "' is a directory; with --graph-format names, give a file with one name per line");
            }
            try (InputStream file = isStandardInput ? InputStream.nullInputStream() : Files.newInputStream(path)) {
                return Graph.ofNames(isStandardInput ? standardInput : file, path);
            }
        }
        if (isStandardInput) {
            return Graph.parse(standardInput);
        }
        return tags == null ? Graph.open(path) : Graph.open(path, Set.copyOf(tags));
    }
}
