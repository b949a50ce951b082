package org.tfckpt.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/** Opens graphs. */
final class GraphReader {
    private GraphReader() {}

    static Graph open(Path path, @Nullable Set<String> tags) throws IOException {
        if (!Files.exists(path)) {
            throw new CheckpointException(path + "; No such file or directory", ErrorContext.NONE);
        }
        GraphParts.Info info = new GraphParts.Info(
                tags == null ? Set.of() : tags, Optional.empty(), OptionalInt.empty(), 0, 0, Set.of(), Set.of());
        return new Graph(path, new GraphParts(Graph.Kind.GRAPH_DEF, info, Variables.of(List.of()), List.of(), null));
    }
}
