package org.tfckpt.graph;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

/** The graphs of {@code testdata/}, discovered, with what is said of them there. */
final class ExpectedGraphs {
    private ExpectedGraphs() {}

    /** One graph of a case. */
    record Expected(Path directory, Map<String, Object> json) {
        Path file() {
            return directory.resolve((String) json.get("file"));
        }

        String kind() {
            return (String) json.get("kind");
        }

        List<Map<String, Object>> variables() {
            return Json.list(json.get("variables"));
        }

        /** Reads the graph: one that is stored compressed from a copy in a directory. */
        Graph open(Path temporary) throws IOException {
            Path file = plain(file(), temporary);
            return json.containsKey("tags") && kind().equals("SavedModel")
                    ? Graph.open(file, java.util.Set.copyOf(Json.list(json.get("tags"))))
                    : Graph.open(file);
        }

        @Override
        public String toString() {
            return Corpus.root().relativize(file())
                    + (json.containsKey("meta_graph") ? "#" + json.get("meta_graph") : "");
        }
    }

    static Path plain(Path file, Path temporary) throws IOException {
        if (Files.exists(file)) {
            return file;
        }
        Path copy = temporary.resolve(file.getFileName());
        try (InputStream in = Corpus.open(file)) {
            Files.copy(in, copy);
        }
        return copy;
    }

    /** All graphs of all cases; fails if there are suspiciously few. */
    static List<Expected> all() {
        try (Stream<Path> files = Files.walk(Corpus.root())) {
            List<Expected> all = files.filter(
                            file -> file.getFileName().toString().matches("graphs\\.json(\\.gz)?"))
                    .sorted()
                    .flatMap(ExpectedGraphs::read)
                    .toList();
            if (all.size() < 115) {
                throw new IllegalStateException("only " + all.size() + " graphs in " + Corpus.root());
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Expected> ofKinds(String... kinds) {
        return all().stream()
                .filter(graph -> List.of(kinds).contains(graph.kind()))
                .toList();
    }

    private static Stream<Expected> read(Path file) {
        List<Map<String, Object>> graphs =
                Json.list(Json.object(Corpus.json(file)).get("graphs"));
        return graphs.stream().map(json -> new Expected(file.getParent(), json));
    }
}
