package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.graph.ExpectedGraphs.Expected;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Json;

@DisplayName("Every graph that TensorFlow wrote is read as another parser reads it")
class GraphCorpusTest {
    @TempDir
    Path temporary;

    static List<Expected> graphs() {
        return ExpectedGraphs.ofKinds("SavedModel", "MetaGraphDef", "GraphDef");
    }

    static List<Expected> texts() {
        return ExpectedGraphs.ofKinds("text");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("graphs")
    void variablesAndWhatElseIsSaidOfIt(Expected expected) throws IOException {
        Graph graph = expected.open(temporary);
        Map<String, Object> json = expected.json();
        assertThat(graph.kind()).hasToString(expected.kind());
        // The story does not note shared names; everywhere else all are.
        boolean shared = !expected.toString().startsWith("story");
        assertThat(graph.variables().stream().map(variable -> asJson(variable, shared)))
                .containsExactlyElementsOf(expected.variables().stream()
                        .map(GraphCorpusTest::withoutCollections)
                        .toList());
        assertThat(graph.nodeCount()).isEqualTo(json.get("nodes"));
        if (json.containsKey("functions")) {
            assertThat(graph.functionCount()).isEqualTo(json.get("functions"));
            assertThat(graph.producer().stream().asLongStream().boxed().toList())
                    .isEqualTo(json.containsKey("producer") ? List.of(json.get("producer")) : List.of());
        }
        if (json.containsKey("tags")) {
            assertThat(graph.tags()).containsExactlyInAnyOrderElementsOf(Json.list(json.get("tags")));
            assertThat(graph.tensorFlowVersion().orElse(null)).isEqualTo(json.get("tensorflow"));
            assertThat(graph.collections()).containsExactlyInAnyOrderElementsOf(Json.list(json.get("collections")));
            assertThat(graph.signatures()).containsExactlyInAnyOrderElementsOf(Json.list(json.get("signatures")));
        }
        if (json.containsKey("saver")) {
            saver(graph.savers().get(0), Json.object(json.get("saver")));
        }
        assertThat(graph.isObjectBased()).isEqualTo(json.containsKey("object_nodes"));
        List<Map<String, Object>> objects = Json.list(json.get("object_variables"));
        assertThat(graph.objectVariables().stream().map(GraphCorpusTest::asObjectJson))
                .containsExactlyElementsOf(objects.stream().map(TreeMap::new).toList());
    }

    private static void saver(GraphSaver saver, Map<String, Object> json) {
        assertThat(saver.filenameTensor()).isEqualTo(json.get("filename_tensor"));
        assertThat(saver.saveTensor()).contains((String) json.get("save_tensor"));
        assertThat(saver.restoreOp()).contains((String) json.get("restore_op"));
        assertThat(saver.sharded()).isEqualTo(json.getOrDefault("sharded", false));
        if (json.containsKey("version")) {
            assertThat(saver.version()).contains((String) json.get("version"));
            assertThat((long) saver.maxToKeep()).isEqualTo(json.getOrDefault("max_to_keep", 0L));
        }
    }

    private static Map<String, Object> withoutCollections(Map<String, Object> variable) {
        Map<String, Object> json = new TreeMap<>(variable);
        json.remove("collections");
        return json;
    }

    private static Map<String, Object> asJson(GraphVariable variable, boolean shared) {
        Map<String, Object> json = new TreeMap<>();
        json.put("name", variable.name());
        json.put("op", variable.op());
        json.put("dtype", variable.dtype().name());
        json.put("shape", variable.shape().map(GraphCorpusTest::dimensions).orElse(null));
        variable.sharedName().filter(name -> shared).ifPresent(name -> json.put("shared_name", name));
        return json;
    }

    private static Map<String, Object> asObjectJson(GraphVariable variable) {
        Map<String, Object> json = new TreeMap<>();
        json.put("node", (long) variable.objectNode().orElseThrow());
        json.put("name", variable.name());
        json.put("dtype", variable.dtype().name());
        json.put("shape", variable.shape().map(GraphCorpusTest::dimensions).orElse(null));
        if (variable.trainable().orElseThrow()) {
            json.put("trainable", true);
        }
        return json;
    }

    private static List<Long> dimensions(Shape shape) {
        return java.util.Arrays.stream(shape.toArray()).boxed().toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void textHasAsManyNodes(Expected expected) throws IOException {
        Graph graph = expected.open(temporary);
        assertThat(graph.nodeCount()).isEqualTo(expected.json().get("nodes"));
        assertThat(graph.tensorFlowVersion().orElse(null))
                .isEqualTo(expected.json().get("tensorflow"));
    }
}
