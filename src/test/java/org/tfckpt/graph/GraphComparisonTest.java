package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

@DisplayName("A graph and the checkpoint beside it: what the graph's savers or objects ask for is there")
class GraphComparisonTest {
    @TempDir
    Path temporary;

    record Pair(Path directory, Map<String, Object> json) {
        String string(String key) {
            return (String) json.get(key);
        }

        @Override
        public String toString() {
            return Corpus.root().relativize(directory.resolve(string("graph"))) + " " + string("checkpoint");
        }
    }

    static List<Pair> pairs() {
        try (Stream<Path> files = Files.walk(Corpus.root().resolve("real"))) {
            return files.filter(file -> file.getFileName().toString().matches("graphs\\.json(\\.gz)?"))
                    .sorted()
                    .flatMap(file ->
                            Json.<Map<String, Object>>list(
                                            Json.object(Corpus.json(file)).get("comparisons"))
                                    .stream()
                                    .map(json -> new Pair(file.getParent(), json)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Pair> byObjects() {
        return pairs().stream()
                .filter(pair -> pair.string("matched_by").startsWith("SavedObjectGraph"))
                .toList();
    }

    static List<Pair> byName() {
        return pairs().stream()
                .filter(pair -> pair.string("matched_by").startsWith("name"))
                .toList();
    }

    private Graph graph(Pair pair) throws IOException {
        return Graph.open(ExpectedGraphs.plain(pair.directory().resolve(pair.string("graph")), temporary));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byObjects")
    void objectsAreFoundByTheirEdges(Pair pair) throws IOException {
        Graph graph = graph(pair);
        try (Checkpoint checkpoint = Checkpoint.open(pair.directory().resolve(pair.string("checkpoint")))) {
            Map<GraphVariable, String> keys =
                    graph.checkpointKeys(checkpoint.objectGraph().orElseThrow());
            List<String> missing = new ArrayList<>();
            Set<String> used = new HashSet<>(Set.of(ObjectKeys.OBJECT_GRAPH));
            for (GraphVariable variable : graph.objectVariables()) {
                String key = keys.get(variable);
                TensorInfo tensor = key == null ? null : checkpoint.find(key).orElse(null);
                if (tensor == null) {
                    missing.add(variable.name());
                } else {
                    used.add(tensor.name());
                    assertThat(tensor.dtypeNumber()).isEqualTo(variable.dtypeNumber());
                    assertThat(variable.acceptsShape(tensor.shape())).isTrue();
                    assertThat(graph.objectKeyOf(variable)).as(variable.name()).contains(key);
                }
            }
            assertThat(missing)
                    .containsExactlyInAnyOrderElementsOf(Json.list(pair.json().get("missing")));
            assertThat((long) graph.objectVariables().size())
                    .isEqualTo(pair.json().get("graph_variables"));
            List<String> unused = checkpoint
                    .tensors()
                    .map(TensorInfo::name)
                    .filter(name -> !used.contains(name))
                    .toList();
            assertThat(unused)
                    .containsExactlyInAnyOrderElementsOf(Json.list(pair.json().get("unused")));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("byName")
    void variablesAreFoundByTheNamesThatTheyAreSavedUnder(Pair pair) throws IOException {
        Graph graph = graph(pair);
        List<String> missing = new ArrayList<>();
        Set<String> used = new HashSet<>();
        try (Checkpoint checkpoint = Checkpoint.open(pair.directory().resolve(pair.string("checkpoint")))) {
            for (GraphVariable variable : graph.variables()) {
                TensorInfo tensor = checkpoint.find(variable.savedName()).orElse(null);
                if (tensor == null) {
                    missing.add(variable.name());
                } else {
                    used.add(tensor.name());
                    assertThat(tensor.dtypeNumber()).isEqualTo(variable.dtypeNumber());
                    assertThat(variable.acceptsShape(tensor.shape()))
                            .as(variable + " " + tensor)
                            .isTrue();
                }
            }
            assertThat(missing)
                    .containsExactlyInAnyOrderElementsOf(Json.list(pair.json().get("missing")));
            assertThat(checkpoint.tensors().map(TensorInfo::name).filter(name -> !used.contains(name)))
                    .containsExactlyInAnyOrderElementsOf(Json.list(pair.json().get("unused")));
            if (!pair.toString().contains("negative-shape")) {
                saver(graph, checkpoint);
            }
        }
    }

    /** The lists of the graph's own saver are what its checkpoint has: nothing more, nothing less. */
    private static void saver(Graph graph, Checkpoint checkpoint) throws IOException {
        if (graph.savers().isEmpty()) {
            return;
        }
        GraphSaver saver = graph.savers().get(0);
        assertThat(saver.unknown()).isEmpty();
        Set<String> saved =
                new HashSet<>(checkpoint.tensors().map(TensorInfo::name).toList());
        assertThat(saver.saves()).extracting(GraphSaver.Entry::key).containsOnlyOnceElementsOf(saved);
        assertThat(saver.restores()).extracting(GraphSaver.Entry::key).containsAll(saved);
        assertThat(saver.saves()).allMatch(entry -> entry.variable() != null);
        for (GraphSaver.Entry entry : saver.saves()) {
            assertThat(entry.key()).isEqualTo(entry.variable().savedName());
            assertThat(entry.shapeAndSlice())
                    .isEqualTo(
                            entry.variable().partition().map(Object::toString).orElse(""));
        }
    }
}
