package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

@DisplayName("Real graphs beside the checkpoints that they were found with")
class GraphPairsTest {
    @TempDir
    Path temporary;

    record Pair(Path directory, Map<String, Object> json) {
        Path checkpoint() {
            return directory.resolve((String) json.get("checkpoint"));
        }

        String matchedBy() {
            return (String) json.get("matched_by");
        }

        @Override
        public String toString() {
            return Corpus.root().relativize(directory) + " " + json.get("graph") + " " + json.get("checkpoint");
        }
    }

    static List<Pair> pairs() throws IOException {
        try (Stream<Path> files = Files.walk(Corpus.root().resolve("real"))) {
            List<Pair> pairs = files.filter(
                            file -> file.getFileName().toString().matches("graphs\\.json(\\.gz)?"))
                    .sorted()
                    .flatMap(GraphPairsTest::read)
                    .filter(pair -> !pair.matchedBy().startsWith("not compared"))
                    .toList();
            assertThat(pairs).hasSizeGreaterThan(75);
            return pairs;
        }
    }

    private static Stream<Pair> read(Path file) {
        Map<String, Object> json = Json.object(Corpus.json(file));
        return Json.<Map<String, Object>>list(json.get("comparisons")).stream()
                .map(pair -> new Pair(file.getParent(), pair));
    }

    private Graph graph(Pair pair) throws IOException {
        Path file = pair.directory.resolve((String) pair.json.get("graph"));
        if (!Files.exists(file)) {
            Path copy = temporary.resolve(file.getFileName());
            try (InputStream in = Corpus.open(file)) {
                Files.copy(in, copy);
            }
            file = copy;
        }
        return Graph.open(file);
    }

    private static List<Wanted> wanted(Pair pair, Graph graph, Checkpoint checkpoint) throws IOException {
        if (pair.matchedBy().startsWith("name")) {
            return Wanted.of(graph.variables(), Map.of());
        }
        Optional<ObjectGraph> objects = checkpoint.objectGraph();
        Map<GraphVariable, String> keys = graph.checkpointKeys(objects.orElseThrow());
        return Wanted.of(graph.objectVariables(), keys);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pairs")
    void areComparedRight(Pair pair) {
        try (Checkpoint checkpoint = Checkpoint.open(pair.checkpoint())) {
            List<Wanted> wanted = wanted(pair, graph(pair), checkpoint);
            Comparison comparison =
                    RestorePlan.from(checkpoint).variables(wanted).build().comparison();
            assertThat(comparison.missing().stream()
                            .map(VariableSource::tensorName)
                            .distinct())
                    .containsExactlyInAnyOrderElementsOf(Json.list(pair.json.get("missing")));
            List<String> unused = Json.<String>list(pair.json.get("unused")).stream()
                    .filter(name -> !name.equals(ObjectKeys.OBJECT_GRAPH) && !name.startsWith("save_counter/"))
                    .toList();
            assertThat(comparison.unused()).extracting(TensorInfo::name).containsExactlyInAnyOrderElementsOf(unused);
            assertThat(comparison.shapeMismatches()).isEmpty();
            assertThat(comparison.dtypeMismatches()).isEmpty();
            assertThat(Json.list(pair.json.get("mismatched"))).isEmpty();
            // What is missing is in no checkpoint; a rule that claims otherwise has to be possible at least.
            for (SuggestedRule rule : comparison.suggestions().rules()) {
                Comparison again = Comparison.of(wanted, all(checkpoint), NameMapping.sed(rule.rule()), List.of());
                assertThat(again.matched())
                        .hasSize(comparison.matched().size() + rule.found().size());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<TensorInfo> all(Checkpoint checkpoint) throws IOException {
        try (Stream<TensorInfo> tensors = checkpoint.tensors()) {
            return tensors.toList();
        }
    }
}
