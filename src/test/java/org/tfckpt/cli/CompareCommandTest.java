package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

class CompareCommandTest {
    private static final String CHANGED = testdata("story/changed/graph.meta");
    private static final String LOG = testdata("story/log");

    @TempDir
    private Path directory;

    static Stream<Map<String, Object>> story() {
        Map<String, Object> json = Json.object(Corpus.json(Corpus.root().resolve("story/comparisons.json")));
        return Json.<Map<String, Object>>list(json.get("comparisons")).stream();
    }

    @ParameterizedTest
    @MethodSource("story")
    void saysOfTheStoryWhatTensorFlowWouldFind(Map<String, Object> expected) throws IOException {
        List<String> args = new ArrayList<>(List.of("compare", "--json"));
        Json.<String>list(expected.get("exclude")).forEach(pattern -> args.add("--exclude=" + pattern));
        Optional.ofNullable((String) expected.get("rename")).ifPresent(rule -> args.add("--from=" + rule));
        args.add(testdata("story/" + expected.get("graph")));
        args.add(testdata("story/" + expected.get("checkpoint")));
        ToolRun run = ToolRun.of(args.toArray());
        assertThat(run.code()).isEqualTo(expected.get("all_found").equals(true) ? 0 : 1);
        Map<String, Object> json = run.json();
        assertThat(json)
                .containsOnlyKeys(
                        "matched", "missing", "unused", "shape_mismatch", "dtype_mismatch", "excluded", "plan");
        for (String key : List.of("matched", "missing", "shape_mismatch", "dtype_mismatch")) {
            assertThat(names(json, key)).as(key).isEqualTo(names(expected, key));
        }
        assertThat(json.get("excluded")).isEqualTo(expected.get("excluded"));
        assertThat(json.get("unused")).isEqualTo(expected.get("unused"));
    }

    private static List<Object> names(Map<String, Object> json, String key) {
        return Json.<Map<String, Object>>list(json.get(key)).stream()
                .map(each -> each.get("variable"))
                .toList();
    }

    static Stream<Arguments> realPairs() throws IOException {
        try (Stream<Path> files = Files.walk(Corpus.root().resolve("real"))) {
            return files
                    .filter(file -> file.getFileName().toString().matches("graphs\\.json(\\.gz)?"))
                    .sorted()
                    .toList()
                    .stream()
                    .flatMap(file ->
                            Json.<Map<String, Object>>list(
                                            Json.object(Corpus.json(file)).get("comparisons"))
                                    .stream()
                                    .map(expected -> Arguments.of(file.getParent(), expected)));
        }
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("realPairs")
    void saysOfRealPairsHowTheyDiffer(Path home, Map<String, Object> expected) throws IOException {
        Path graph = unpacked(home.resolve((String) expected.get("graph")));
        ToolRun run = ToolRun.of("compare", "--json", graph, home.resolve((String) expected.get("checkpoint")));
        Map<String, Object> json = run.json();
        List<Object> missing = names(json, "missing");
        long expectedMissing = Json.list(expected.get("missing")).size();
        assertThat(missing).hasSize((int) expectedMissing);
        List<String> unused = Json.<String>list(expected.get("unused")).stream()
                .filter(name -> !name.equals("_CHECKPOINTABLE_OBJECT_GRAPH") && !name.startsWith("save_counter/"))
                .toList();
        assertThat(json.get("unused")).isEqualTo(unused);
        assertThat(run.code()).isEqualTo(missing.isEmpty() ? 0 : 1);
    }

    private Path unpacked(Path file) throws IOException {
        if (Files.exists(file)) {
            return file;
        }
        Path copy = directory.resolve(file.getFileName());
        try (InputStream in = Corpus.open(file)) {
            Files.copy(in, copy);
        }
        return copy;
    }

    @Test
    void suggestsARuleThatMakesItFit() {
        ToolRun run = ToolRun.of("compare", CHANGED, LOG);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .contains(
                        "68 variables: 54 matched (#), 0 excluded (-), 11 missing (?), 3 of wrong shape or dtype (!);"
                                + " 35 tensors unused",
                        "  init/init_conv/DW (DT_FLOAT) [3,3,3,16]; perhaps 'input/init_conv/DW'",
                        "  logit/DW: wanted [32,100], found [32,10]",
                        "  global_step: wanted DT_INT32, found DT_INT64",
                        "  --from 's#^init/#input/#'   finds 8 variables",
                        " --from 's#^init/#input/#' " + CHANGED + " " + LOG,
                        "  tfckpt rewrite " + LOG + " -o PREFIX --for " + CHANGED + " --from 's#^init/#input/#'");
        assertThat(ToolRun.of("compare", "--from", "s#^init/#input/#", CHANGED, LOG)
                        .out())
                .contains("62 matched", "3 missing")
                .doesNotContain("finds");
    }

    @Test
    void takesAMapFile() throws IOException {
        Path map = Files.writeString(
                directory.resolve("map.txt"), "# what was renamed\ninput/init_conv/DW -> init/init_conv/DW\n");
        assertThat(ToolRun.of("compare", "--map", map, "--all", CHANGED, LOG).out())
                .contains("init/init_conv/DW <- input/init_conv/DW");
        Files.writeString(map, "no arrow here\n");
        ToolRun wrong = ToolRun.of("compare", "--map", map, CHANGED, LOG);
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("tfckpt: ").contains("map.txt:1").hasLineCount(1);
    }

    @Test
    void saysWhatMatchesNothing() {
        assertThat(ToolRun.of("compare", "--exclude", "nothing/**", "--from", "s#^nowhere/#x/#", CHANGED, LOG)
                        .out())
                .contains("options that match nothing:", "--exclude 'nothing/**'", "s#^nowhere/#x/#");
    }

    @Test
    void refusesARuleThatIsNone() {
        ToolRun run = ToolRun.of("compare", "--from", "init/", CHANGED, LOG);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("tfckpt: ").hasLineCount(1);
    }
}
