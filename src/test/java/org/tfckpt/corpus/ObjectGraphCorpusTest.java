package org.tfckpt.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

@DisplayName("The object graphs that TensorFlow wrote are read as a separate parser reads them")
class ObjectGraphCorpusTest {
    record Expected(Path directory, Map<String, Object> json) {
        Path path() {
            return directory.resolve((String) json.get("checkpoint"));
        }

        List<Map<String, Object>> attributes() {
            return Json.list(json.get("attributes"));
        }

        @Override
        public String toString() {
            return Corpus.root().relativize(path()).toString();
        }
    }

    static List<Expected> graphs() throws IOException {
        try (Stream<Path> files = Files.walk(Corpus.root())) {
            List<Expected> all = files.filter(
                            file -> file.getFileName().toString().matches("objects\\.json(\\.gz)?"))
                    .sorted()
                    .flatMap(file ->
                            Json.<Map<String, Object>>list(
                                            Json.object(Corpus.json(file)).get("objects"))
                                    .stream()
                                    .map(json -> new Expected(file.getParent(), json)))
                    .toList();
            assertThat(all).hasSizeGreaterThan(30);
            return all;
        }
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void nodesEdgesSlotsAndAttributes(Expected expected) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
            ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
            assertThat((long) graph.size()).isEqualTo(expected.json.get("nodes"));
            List<ObjectNode> nodes =
                    IntStream.range(0, graph.size()).mapToObj(graph::node).toList();
            assertThat(nodes.stream().mapToLong(node -> node.children().size()).sum())
                    .isEqualTo(expected.json.get("children"));
            assertThat(nodes.stream().mapToLong(node -> node.slots().size()).sum())
                    .isEqualTo(expected.json.get("slot_variables"));
            assertThat(graph.attributes())
                    .containsExactlyElementsOf(expected.attributes().stream()
                            .map(ObjectGraphCorpusTest::attribute)
                            .toList())
                    .containsExactlyElementsOf(nodes.stream()
                            .flatMap(node -> node.attributes().stream())
                            .toList());
            for (ObjectNode node : nodes) {
                node.statedValues()
                        .ifPresent(stated -> assertThat(graph.hasValues(node.id()))
                                .as("OB-08: object %s", node.id())
                                .isEqualTo(stated));
            }
        }
    }

    private static ObjectNode.Attribute attribute(Map<String, Object> json) {
        return new ObjectNode.Attribute(
                number(json, "node"),
                (String) json.get("attribute"),
                (String) json.getOrDefault("full_name", ""),
                (String) json.get("key"));
    }

    private static int number(Map<String, Object> json, String key) {
        return ((Long) json.get(key)).intValue();
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void slotsKnowTheirVariableAndOptimizer(Expected expected) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
            ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
            for (Map<String, Object> attribute : expected.attributes()) {
                Optional<ObjectNode.Slot> slot = graph.slotOf(number(attribute, "node"));
                if (attribute.containsKey("slot_of")) {
                    assertThat(slot)
                            .contains(new ObjectNode.Slot(
                                    number(attribute, "optimizer"),
                                    number(attribute, "slot_of"),
                                    (String) attribute.get("slot_name"),
                                    number(attribute, "node")));
                    assertThat(graph.isOptimizer(slot.orElseThrow().optimizer()))
                            .isTrue();
                    assertThat(graph.parentOf(number(attribute, "node"))).isEmpty();
                } else {
                    assertThat(slot).isEmpty();
                }
            }
        }
    }

    /** The golden case has a graph made by hand, whose keys do not follow from its paths. */
    static List<Expected> graphsOfPrograms() throws IOException {
        return graphs().stream()
                .filter(graph -> !graph.toString().startsWith("golden"))
                .toList();
    }

    /** TensorFlow has made every key in these files from its path, so that ours are its paths. */
    @ParameterizedTest
    @MethodSource("graphsOfPrograms")
    void pathsMakeTheKeysAndEveryNameFindsItsTensor(Expected expected) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
            ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
            Map<String, String> lastOfFullName = new HashMap<>();
            for (Map<String, Object> json : expected.attributes()) {
                ObjectNode.Attribute attribute = attribute(json);
                String path = graph.pathOf(attribute.node()).orElseThrow();
                assertThat(attribute.key()).isEqualTo(ObjectKeys.key(path, attribute.name()));
                assertThat(graph.attributeOf(attribute.key())).contains(attribute);
                assertThat(graph.keyOf(attribute.key())).contains(attribute.key());
                assertThat(graph.keyOf(path)).contains(attribute.key());
                if (json.containsKey("path")) {
                    assertThat(path).isEqualTo(json.get("path"));
                }
                if (!json.containsKey("slot_of")) {
                    assertThat(graph.find(unescaped(path)).map(ObjectNode::id)).contains(attribute.node());
                    assertThat(graph.keyOf(unescaped(path))).contains(attribute.key());
                }
                assertThat(checkpoint.find(attribute.key())).isPresent();
                assertThat(checkpoint.findByAnyName(path)).isEqualTo(checkpoint.find(attribute.key()));
                if (!attribute.fullName().isEmpty()) {
                    lastOfFullName.put(attribute.fullName(), attribute.key());
                }
            }
            assertThat(graph.keysByFullName()).isEqualTo(lastOfFullName);
            lastOfFullName.forEach((name, key) -> assertThat(graph.keyOf(name))
                    .satisfiesAnyOf(
                            found -> assertThat(found).contains(key),
                            found -> assertThat(graph.find(name)).isPresent()));
        }
    }

    private static String unescaped(String path) {
        return String.join(
                "/", Stream.of(path.split("/", -1)).map(ObjectKeys::unescape).toList());
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void aWalkComesAlongEveryEdgeOnce(Expected expected) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
            ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
            long[] edges = {0};
            boolean[] entered = new boolean[graph.size()];
            graph.walk((depth, child) -> {
                edges[0]++;
                if (child.onPath()) {
                    assertThat(entered[child.node()]).isFalse();
                    entered[child.node()] = true;
                    assertThat(graph.nameOf(child.node())).isEqualTo(child.name());
                    assertThat(graph.pathOf(child.node()).orElseThrow().split("/", -1))
                            .hasSize(depth + 1);
                }
            });
            assertThat(edges[0]).isEqualTo(expected.json.get("children"));
        }
    }

    @Test
    void theGoldenGraph() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(Corpus.root().resolve("golden/tf218-v2-object-graph/ckpt-1"))) {
            ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
            String key = "model/kernel/.ATTRIBUTES/VARIABLE_VALUE";
            assertThat(graph.keyOf("model/kernel")).as("by the key").contains(key);
            assertThat(graph.keyOf("model_kernel")).as("by the path").contains(key);
            assertThat(graph.keyOf("model/kernel:0")).as("by the full name").contains(key);
            assertThat(graph.saveCounterKey()).contains("save_counter/.ATTRIBUTES/VARIABLE_VALUE");
        }
    }

    @Test
    void everyPathOfTheStory() throws Exception {
        Expected story = graphs().stream()
                .filter(graph -> graph.json.containsKey("paths"))
                .findFirst()
                .orElseThrow();
        try (Checkpoint checkpoint = Checkpoint.open(story.path())) {
            ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
            assertThat(IntStream.range(0, graph.size()).mapToObj(graph::pathOf).map(Optional::orElseThrow))
                    .containsExactlyElementsOf(Json.list(story.json.get("paths")));
        }
    }

    @Test
    @DisplayName(
            "OB-07 a checkpoint without the entry is not object-based; nor is there more of them than the corpus says")
    void onlyThese() throws Exception {
        List<String> withGraph =
                graphs().stream().map(graph -> graph.path().toString()).toList();
        for (Corpus.Expected expected : Corpus.v2()) {
            try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
                if (expected.missingShards().isEmpty()) {
                    assertThat(checkpoint.objectGraph().isPresent())
                            .as(expected.toString())
                            .isEqualTo(withGraph.contains(expected.path().toString()));
                }
            }
        }
    }

    @Test
    void aGraphWhoseDataFileIsNotThereIsDamage() throws Exception {
        Path keras3 = Corpus.root().resolve("real/keras3-dicoding-index-only/variables/variables");
        try (Checkpoint checkpoint = Checkpoint.open(keras3)) {
            assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                    DataLossException.class, checkpoint::objectGraph)
                            .kind())
                    .isEqualTo(ProblemKind.MISSING_FILE);
        }
    }
}
