package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

/** The changed graph of the story as every text that may print it, compared with the checkpoint. */
class PrintedStoryTest {
    private static final Path TEXTS = Corpus.root().resolve("story/changed/texts");
    private static final Set<String> WITH_DTYPES = Set.of(
            "graph.txt",
            "inspect.txt",
            "keras3.txt",
            "mirrored.txt",
            "powershell-utf16.txt",
            "python2.txt",
            "read-tensors.txt",
            "repr.txt",
            "slim.txt",
            "tf2.txt");

    private static final Set<String> IN_ERROR = Set.of(
            "init/init_conv/DW",
            "init/init_bn/beta",
            "init/init_bn/gamma",
            "init/init_bn/moving_mean",
            "init/init_bn/moving_variance",
            "aux/conv/DW",
            "aux/logit/DW",
            "aux/logit/biases",
            "init/init_conv/DW/ExponentialMovingAverage",
            "init/init_bn/beta/ExponentialMovingAverage",
            "init/init_bn/gamma/ExponentialMovingAverage",
            "logit/DW",
            "logit/biases");

    static List<Path> texts() throws IOException {
        try (Stream<Path> files = Files.list(TEXTS)) {
            List<Path> texts = files.sorted().toList();
            assertThat(texts).hasSize(17);
            return texts;
        }
    }

    static List<Arguments> comparisons() throws IOException {
        Map<String, Object> json = Json.object(Corpus.json(Corpus.root().resolve("story/comparisons.json")));
        List<Map<String, Object>> comparisons = Json.list(json.get("comparisons"));
        assertThat(comparisons).hasSize(5);
        return texts().stream()
                .flatMap(text -> comparisons.stream()
                        .map(expected -> Arguments.of(text.getFileName().toString(), expected.get("what"), expected)))
                .toList();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("comparisons")
    void comparesAsTheGraph(String text, String what, Map<String, Object> expected) throws IOException {
        boolean partial = text.equals("error.log");
        boolean hasDtypes = WITH_DTYPES.contains(text);
        List<String> args = new ArrayList<>(List.of("compare", "--json"));
        Json.<String>list(expected.get("exclude")).forEach(pattern -> args.add("--exclude=" + pattern));
        Optional.ofNullable((String) expected.get("rename")).ifPresent(rule -> args.add("--from=" + rule));
        args.add(TEXTS.resolve(text).toString());
        args.add(testdata("story/" + expected.get("checkpoint")));
        ToolRun run = ToolRun.of(args.toArray());

        Map<String, Object> json = run.json();
        List<Object> matched = named(names(expected, "matched"), partial);
        List<Object> otherDtype = named(names(expected, "dtype_mismatch"), partial);
        if (!hasDtypes) {
            matched.addAll(otherDtype);
            otherDtype.clear();
        }
        assertThat(names(json, "matched")).containsExactlyInAnyOrderElementsOf(matched);
        assertThat(names(json, "dtype_mismatch")).isEqualTo(otherDtype);
        for (String key : List.of("missing", "shape_mismatch")) {
            assertThat(names(json, key))
                    .as(key)
                    .containsExactlyInAnyOrderElementsOf(named(names(expected, key), partial));
        }
        assertThat(Json.<Object>list(json.get("excluded")))
                .containsExactlyInAnyOrderElementsOf(named(Json.list(expected.get("excluded")), partial));
        assertThat(json.get("unused")).isEqualTo(partial ? List.of() : expected.get("unused"));
        assertThat(json.get("partial")).isEqualTo(partial ? true : null);
        boolean found = Stream.of("missing", "shape_mismatch", "dtype_mismatch")
                .allMatch(key -> names(json, key).isEmpty());
        assertThat(run.code()).isEqualTo(found ? 0 : 1);
        if (hasDtypes) {
            assertThat(found).isEqualTo(expected.get("all_found").equals(true));
        }
    }

    private static List<Object> names(Map<String, Object> json, String key) {
        return Json.<Map<String, Object>>list(json.get(key)).stream()
                .map(each -> each.get("variable"))
                .toList();
    }

    private static List<Object> named(List<Object> names, boolean partial) {
        return names.stream()
                .filter(name -> !partial || IN_ERROR.contains(name))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** The lines of a graph without what a text does not state. */
    @ParameterizedTest
    @MethodSource("texts")
    void listsTheVariablesOfTheGraph(Path text) throws IOException {
        ToolRun graph = ToolRun.of("graph", testdata("story/changed/graph.meta"));
        List<String> expected = graph.lines();
        String name = text.getFileName().toString();
        if (name.equals("error.log")) {
            List<String> wrong = List.of("logit/DW:0 DT_FLOAT [32,100]", "logit/biases:0 DT_FLOAT [100]");
            expected = Stream.concat(
                            graph.lines().stream()
                                    .map(line -> line.substring(0, line.indexOf(":0 ")))
                                    .filter(variable -> IN_ERROR.contains(variable) && !variable.startsWith("logit/"))
                                    .map(variable -> variable + ":0 <unknown> <unknown>"),
                            wrong.stream())
                    .toList();
        } else if (!WITH_DTYPES.contains(name)) {
            expected = expected.stream()
                    .map(line -> line.replaceFirst(" DT_[A-Z0-9]+ ", " <unknown> "))
                    .toList();
        }
        ToolRun run = ToolRun.of("graph", text);
        assertThat(run.lines()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .startsWith("tfckpt: " + expected.size() + " variables recognised in '" + text + "'")
                .hasLineCount(name.equals("error.log") ? 2 : 1);
    }
}
