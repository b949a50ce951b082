package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Json;

class StatsCommandTest {
    private static final String STORY = testdata("story/log/model.ckpt-122543");

    @TempDir
    private Path directory;

    private Path prefix;

    @BeforeEach
    void write() throws IOException {
        prefix = directory.resolve("model.ckpt-1");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("a/constant", Shape.of(2), ValueSource.of(0.5f, 0.5f));
            out.add("a/nan", Shape.of(5), ValueSource.of(1f, Float.NaN, -0f, Float.NEGATIVE_INFINITY, 3f));
            out.add("a/zero", Shape.of(3), ValueSource.of(0f, -0f, 0f));
            out.add(
                    "b/big",
                    Shape.of(1),
                    ValueSource.of(DataType.DT_UINT64, ByteBuffer.allocate(8).putLong(0, -1)));
            out.add("b/deep/" + "x".repeat(120), Shape.of(2), ValueSource.of(1L, 3L));
            out.add("no finite", Shape.of(1), ValueSource.of(Double.NaN));
            out.add("text", Shape.of(2), ValueSource.of("ab", ""));
            out.finish();
        }
    }

    private static Map<String, Object> named(Map<String, Object> json, String list, String name) {
        for (Object item : Json.list(json.get(list))) {
            if (Json.object(item).get("name").equals(name)) {
                return Json.object(item);
            }
        }
        throw new AssertionError("no " + name);
    }

    @Test
    void printsATableThatFitsAScreen() {
        ToolRun run = ToolRun.of("stats", prefix);
        assertThat(run.code()).isZero();
        assertThat(run.lines())
                .contains("count        min     median        max       mean        std  tensor")
                .contains("    2     0.5000     0.5000     0.5000     0.5000          0  a/constant  ! constant")
                .contains("    5          0      1.004      3.000      1.333      1.247  a/nan  ! 1 NaN, 1 inf")
                .contains("    3          0          0          0          0          0  a/zero  ! all zero")
                .contains("    1          -          -          -          -          -  no finite  ! 1 NaN")
                .contains("    2 strings of 0 to 2 bytes, 2 in all                       text")
                .contains("7 tensors, 16 elements: 2 NaN, 1 infinite, 4 zeros")
                .allMatch(line -> line.length() <= 100);
        assertThat(run.lines())
                .anyMatch(line -> line.endsWith("xxx") && line.contains("  b/deep/xx") && line.contains("…"));
    }

    @Test
    void printsJson() throws IOException {
        Map<String, Object> json = ToolRun.of("stats", "--json", prefix).json();
        assertThat(json.keySet()).containsExactly("checkpoint", "tensors", "totals");
        Map<String, Object> nan = named(json, "tensors", "a/nan");
        assertThat(nan.keySet())
                .containsExactly(
                        "name",
                        "dtype",
                        "shape",
                        "elements",
                        "nan",
                        "inf",
                        "neg_inf",
                        "zeros",
                        "min",
                        "max",
                        "mean",
                        "std",
                        "norm",
                        "quantiles");
        assertThat(nan)
                .containsEntry("dtype", "DT_FLOAT")
                .containsEntry("elements", 5L)
                .containsEntry("nan", 1L)
                .containsEntry("inf", 1L)
                .containsEntry("neg_inf", 1L)
                .containsEntry("zeros", 1L)
                .containsEntry("min", -0.0)
                .containsEntry("max", 3.0)
                .containsEntry("mean", 4 / 3.0)
                .containsEntry("norm", Math.sqrt(10));
        assertThat(Json.object(nan.get("quantiles")).keySet())
                .containsExactly("0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99");
        assertThat(ToolRun.of("stats", "--json", prefix).out()).contains("\"min\":18446744073709551615");
        assertThat(named(json, "tensors", "no finite"))
                .containsEntry("min", null)
                .containsEntry("mean", null)
                .containsEntry("quantiles", null);
        assertThat(named(json, "tensors", "text"))
                .containsEntry("min_length", 0L)
                .containsEntry("max_length", 2L)
                .containsEntry("total_length", 2L)
                .doesNotContainKey("nan");
        assertThat(Json.object(json.get("totals")))
                .isEqualTo(Map.of("tensors", 7L, "elements", 16L, "nan", 2L, "inf", 1L, "zeros", 4L));
    }

    @Test
    void printsScopes() throws IOException {
        Map<String, Object> scopes =
                ToolRun.of("stats", "--json", "--scopes", "1", prefix).json();
        assertThat(named(scopes, "scopes", "a/"))
                .containsEntry("tensors", 3L)
                .containsEntry("elements", 10L)
                .containsEntry("nan", 1L)
                .containsEntry("max", 3.0)
                .containsEntry("mean", 5.0 / 8)
                .doesNotContainKey("quantiles");
        assertThat(Json.list(ToolRun.of("stats", "--json", "--scopes", "2", prefix)
                        .json()
                        .get("scopes")))
                .extracting(scope -> Json.object(scope).get("name"))
                .containsExactly("b/deep/");
        assertThat(ToolRun.of("stats", "--scopes", "1", prefix).lines())
                .contains("   10          0          -      3.000     0.6250     0.9601  a/  ! 1 NaN, 1 inf");
    }

    @Test
    void sorts() {
        assertThat(names("--sort", "size").get(0)).isEqualTo("a/nan");
        assertThat(names("--sort", "max").get(0)).isEqualTo("b/big");
        assertThat(names("--sort", "nan")).startsWith("a/nan", "no finite", "a/constant");
        assertThat(names("--sort", "std").get(0)).isEqualTo("a/nan");
        assertThat(names("--no-slots", "--include", "a/*")).containsExactly("a/constant", "a/nan", "a/zero");
    }

    private List<String> names(String... options) {
        List<Object> args = new ArrayList<>(List.of("stats", "--json", prefix));
        args.addAll(List.of(options));
        try {
            Map<String, Object> json = ToolRun.of(args.toArray()).json();
            return Json.list(json.get("tensors")).stream()
                    .map(tensor -> (String) Json.object(tensor).get("name"))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void failsOnNan() {
        ToolRun run = ToolRun.of("stats", "--fail-on-nan", prefix);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines())
                .containsExactly(
                        "tfckpt: 'a/nan' has NaN or infinite elements: 2 of 5",
                        "tfckpt: 'no finite' has NaN or infinite elements: 1 of 1");
        assertThat(ToolRun.of("stats", "--fail-on-nan", STORY).code()).isZero();
    }

    @Test
    void printsHistory() throws IOException {
        Path second = directory.resolve("model.ckpt-20");
        try (CheckpointWriter out = CheckpointWriter.open(second, WriteOptions.DEFAULT)) {
            out.add("a/constant", Shape.of(2), ValueSource.of(0.5f, Float.NaN));
            out.finish();
        }
        ToolRun run = ToolRun.of("stats", directory, "--history", "--include", "a/**");
        assertThat(run.lines())
                .containsSequence(
                        "count        min     median        max       mean        std  a/constant",
                        "    2     0.5000     0.5000     0.5000     0.5000          0  model.ckpt-1  ! constant",
                        "    2     0.5000     0.5000     0.5000     0.5000          0  model.ckpt-20  ! 1 NaN")
                .anyMatch(line -> line.matches(" +- +model.ckpt-20"));
        ToolRun json = ToolRun.of("stats", "--json", "--history", "--include", "a/constant", prefix, second);
        List<Object> checkpoints = Json.list(json.json().get("history"));
        assertThat(checkpoints)
                .extracting(item -> Json.object(item).get("checkpoint"))
                .containsExactly(prefix.toString(), second.toString());
        assertThat(ToolRun.of("stats", "--history", "--include", "none", directory)
                        .code())
                .isEqualTo(2);
        assertThat(ToolRun.of("stats", prefix, second).err()).contains("--history");
    }

    @Test
    void historyNamesCheckpointsOfSeveralDirectoriesByTheirPaths() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other")).resolve("model.ckpt-1");
        try (CheckpointWriter out = CheckpointWriter.open(other)) {
            out.add("a/zero", Shape.of(3), ValueSource.of(0f, 1f, 0f));
            out.finish();
        }
        ToolRun run = ToolRun.of("stats", "--history", "--include", "a/zero", prefix, other);
        String end = "other/model.ckpt-1";
        assertThat(run.lines()).hasSize(3);
        assertThat(run.lines().get(1)).contains("/model.ckpt-1  ! all zero").doesNotContain(end);
        assertThat(run.lines().get(2)).endsWith(end);
    }

    @Test
    void historyOfADamagedTensorReportsTheDamage() throws IOException {
        damage();
        ToolRun run = ToolRun.of("stats", "--history", "--include", "a/constant", prefix);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("'a/constant'").doesNotContain("--include");
    }

    @Test
    void optionsThatWouldBeIgnoredAreErrors() {
        for (List<Object> options : List.of(
                List.<Object>of("--history", "--scopes", 1),
                List.<Object>of("--history", "--sort", "max"),
                List.<Object>of("--scopes", 0),
                List.<Object>of("--include", "a/constnat"))) {
            List<Object> args = new ArrayList<>(List.of("stats", prefix));
            args.addAll(options);
            ToolRun run = ToolRun.of(args.toArray());
            assertThat(run.code()).as("%s", options).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains((String) options.get(0));
        }
    }

    @Test
    void threadsDoNotMatter() {
        assertThat(ToolRun.of("stats", "--json", "--threads", "1", STORY))
                .isEqualTo(ToolRun.of("stats", "--json", "--threads", "7", STORY));
        assertThat(ToolRun.of("stats", "--threads", "0", STORY).code()).isEqualTo(2);
    }

    @Test
    void continuesAfterADamagedTensor() throws IOException {
        damage();
        ToolRun run = ToolRun.of("stats", prefix);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("a/constant")
                .contains("checksum")
                .contains("; 'tfckpt verify' lists all damage");
        assertThat(run.out()).contains("a/nan").doesNotContain("a/constant");
    }

    private void damage() throws IOException {
        Path data = directory.resolve("model.ckpt-1.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(data);
        bytes[0] ^= 1;
        Files.write(data, bytes);
    }

    @Test
    void namesDoNotControlATerminal() throws IOException {
        Path odd = directory.resolve("odd");
        try (CheckpointWriter out = CheckpointWriter.open(odd)) {
            out.add("x\u001b[31m", Shape.of(2), ValueSource.of(0f, 0f));
            out.finish();
        }
        ToolRun run = ToolRun.onTerminal("stats", "--color=always", odd);
        assertThat(run.out()).doesNotContain("x\u001b").contains("\u001b[31m  ! all zero");
    }

    @Test
    void reportsAMissingDataFileOnce() throws IOException {
        Path data = directory.resolve("model.ckpt-1.data-00000-of-00001");
        Files.delete(data);
        ToolRun run = ToolRun.of("stats", prefix);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines())
                .hasSize(2)
                .last()
                .isEqualTo("tfckpt: 7 tensors have no statistics because of '" + data + "'");
        ToolRun diff = ToolRun.of("diff", "--bytes", prefix, prefix);
        assertThat(diff.code()).isEqualTo(1);
        assertThat(diff.err()).endsWith("tfckpt: 7 tensors are not compared because of '" + data + "'\n");
        assertThat(ToolRun.of("diff", prefix, prefix).code()).isZero();
    }
}
