package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

/** The usual way in TF2: the new model is saved once, and that checkpoint is compared with the old one. */
class CompareCheckpointsTest {
    @TempDir
    private static Path directory;

    private static final Map<String, Path> SAVED = new HashMap<>();

    static Stream<Map<String, Object>> story() {
        Map<String, Object> json = Json.object(Corpus.json(Corpus.root().resolve("story/comparisons.json")));
        return Json.<Map<String, Object>>list(json.get("comparisons")).stream();
    }

    /** Saves a model as it is before it is trained: all zeros. */
    private static Path saved(String graph) throws IOException {
        Path known = SAVED.get(graph);
        if (known == null) {
            known = directory.resolve("new-" + SAVED.size());
            try (CheckpointWriter writer = CheckpointWriter.open(known)) {
                for (GraphVariable variable :
                        Graph.open(Corpus.root().resolve(graph)).variables()) {
                    Shape shape = variable.savedShape().orElseThrow();
                    long bytes = shape.elements() * variable.dtype().width();
                    writer.add(variable.savedName(), shape, ValueSource.of(variable.dtype(), ByteBuffer.allocate((int)
                            bytes)));
                }
                writer.finish();
            }
            SAVED.put(graph, known);
        }
        return known;
    }

    @ParameterizedTest
    @MethodSource("story")
    void theStoryAsCheckpointAgainstCheckpoint(Map<String, Object> expected) throws IOException {
        List<String> args = new ArrayList<>(List.of("compare", "--json"));
        Json.<String>list(expected.get("exclude")).forEach(pattern -> args.add("--exclude=" + pattern));
        Optional.ofNullable((String) expected.get("rename")).ifPresent(rule -> args.add("--from=" + rule));
        args.add(saved("story/" + expected.get("graph")).toString());
        args.add(testdata("story/" + expected.get("checkpoint")));
        ToolRun run = ToolRun.of(args.toArray());
        assertThat(run.code()).isEqualTo(expected.get("all_found").equals(true) ? 0 : 1);
        Map<String, Object> json = run.json();
        for (String key : List.of("matched", "missing", "shape_mismatch", "dtype_mismatch")) {
            assertThat(pairs(json.get(key))).as(key).containsExactlyInAnyOrderElementsOf(pairs(expected.get(key)));
        }
        assertThat(Json.<String>list(json.get("excluded")))
                .containsExactlyInAnyOrderElementsOf(Json.list(expected.get("excluded")));
        assertThat(json.get("unused")).isEqualTo(expected.get("unused"));
    }

    private static List<List<Object>> pairs(Object json) {
        return Json.<Map<String, Object>>list(json).stream()
                .map(each -> java.util.Arrays.asList(each.get("variable"), each.get("tensor")))
                .toList();
    }

    @Test
    void theNewModelIsComparedWithObjectsByTheFullNames() throws IOException {
        Map<String, Object> story = Json.object(Corpus.json(Corpus.root().resolve("story/comparisons.json")));
        Map<String, Object> expected = Json.object(story.get("tf2_by_full_name"));
        List<String> args = new ArrayList<>(List.of("compare", "--json", "--from", (String) expected.get("rename")));
        Json.<String>list(expected.get("exclude")).forEach(pattern -> args.add("--exclude=" + pattern));
        args.add(saved("story/changed/graph.meta").toString());
        args.add(testdata("story/tf2"));
        Map<String, Object> json = ToolRun.of(args.toArray()).json();
        assertThat(json).containsEntry("names", "full");
        List<List<Object>> keys = Json.<Map<String, Object>>list(expected.get("matched")).stream()
                .map(each -> List.of(each.get("variable"), each.get("key")))
                .toList();
        assertThat(pairs(json.get("matched"))).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void saysWhichNamesItComparedAndTakesOthers() throws IOException {
        String log = testdata("story/log/model.ckpt-122543.index");
        String tf2 = testdata("story/tf2");
        assertThat(ToolRun.of("compare", tf2, log).out())
                .contains("71 variables: 67 matched", "compared by full name (--names selects key, full or path)");
        assertThat(ToolRun.of("compare", "--names", "key", tf2, log).out())
                .contains("71 variables: 0 matched", "compared by key (")
                .doesNotContain("full name");
        assertThat(ToolRun.of("compare", "--json", "--names=PATH", tf2, log).json())
                .containsEntry("names", "path");
        String changed = testdata("story/changed/graph.meta");
        assertThat(ToolRun.of("compare", "--names", "full", changed, tf2).out())
                .contains("  tfckpt compare --names full --exclude ");
        assertThat(ToolRun.of("compare", changed, log).out()).doesNotContain("compared by");
        ToolRun wrong = ToolRun.of("compare", "--names", "name", tf2, log);
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("tfckpt: ").contains("--names").hasLineCount(1);
    }
}
