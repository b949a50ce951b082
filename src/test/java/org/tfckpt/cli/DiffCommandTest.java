package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
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
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Json;

class DiffCommandTest {
    private static final String STORY = testdata("story/log/model.ckpt-122543");

    @TempDir
    private Path directory;

    private Path a;
    private Path b;

    @BeforeEach
    void write() throws IOException {
        a = directory.resolve("a");
        b = directory.resolve("b");
        try (CheckpointWriter out = CheckpointWriter.open(a)) {
            out.add("large", Shape.of(2, 2), ValueSource.of(1f, 2f, 3f, 4f));
            out.add("nan", Shape.of(2), ValueSource.of(Float.NaN, Float.NaN));
            out.add("removed", Shape.of(3), ValueSource.of(1f, 2f, 3f));
            out.add("same", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("shape", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("small", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("text", Shape.of(2), ValueSource.of("x", "y"));
            out.add("type", Shape.of(), ValueSource.of(1));
            out.finish();
        }
        try (CheckpointWriter out = CheckpointWriter.open(b)) {
            out.add("added", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("large", Shape.of(2, 2), ValueSource.of(1f, 2f, 0f, 8f));
            out.add("nan", Shape.of(2), ValueSource.of(Float.NaN, Float.NaN));
            out.add("same", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("shape", Shape.of(2, 1), ValueSource.of(1f, 2f));
            out.add("small", Shape.of(2), ValueSource.of(1f, 2.01f));
            out.add("text", Shape.of(2), ValueSource.of("x", "z"));
            out.add("type", Shape.of(), ValueSource.of(2L));
            out.finish();
        }
    }

    @Test
    void printsWhatDiffers() {
        ToolRun run = ToolRun.of("diff", a, b);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("""
                        ------++++##############================  35.0 % of 20 parameters changed
                        2 tensors the same (=), 4 changed (#), 1 reshaped (#), 1 of another dtype, 1 added (+), 1 removed (-)

                        removed (only in A):
                          - removed (DT_FLOAT) [3]

                        added (only in B):
                          + added (DT_FLOAT) [2]

                        reshaped:
                          shape: [2] -> [2,1]

                        other dtype:
                          type: DT_INT32 -> DT_INT64

                        changed, the largest first:
                             change   max |a-b|     cosine        elements  tensor
                                  -           -          -          1 of 2  text
                             60.2 %       4.000   0.813236          2 of 4  large
                             50.0 %           1   1.000000          1 of 1  type
                           0.4454 %    0.010000   0.999998          1 of 2  small
                        """);
    }

    @Test
    void printsJson() throws IOException {
        Map<String, Object> json = ToolRun.of("diff", "--json", a, b).json();
        assertThat(json.keySet())
                .containsExactly(
                        "a", "b", "equal", "not_compared", "only_a", "only_b", "shape", "dtype", "values", "same");
        assertThat(json)
                .containsEntry("equal", false)
                .containsEntry("only_a", List.of("removed"))
                .containsEntry("only_b", List.of("added"))
                .containsEntry("same", 2L);
        assertThat(Json.list(json.get("shape")))
                .containsExactly(Map.of("name", "shape", "a", List.of(2L), "b", List.of(2L, 1L)));
        assertThat(Json.list(json.get("dtype")))
                .containsExactly(Map.of("name", "type", "a", "DT_INT32", "b", "DT_INT64"));
        Map<String, Object> large = Json.object(Json.list(json.get("values")).get(0));
        assertThat(large.keySet())
                .containsExactly(
                        "name",
                        "dtype",
                        "shape",
                        "elements",
                        "different",
                        "outside",
                        "max_abs",
                        "max_rel",
                        "mean_abs",
                        "rms",
                        "cosine",
                        "nan_a",
                        "nan_b",
                        "at");
        assertThat(large)
                .containsEntry("name", "large")
                .containsEntry("different", 2L)
                .containsEntry("outside", 2L)
                .containsEntry("max_abs", 4.0)
                .containsEntry("max_rel", 0.5)
                .containsEntry("mean_abs", 7 / 4.0)
                .containsEntry("rms", 2.5)
                .containsEntry("nan_a", 0L)
                .containsEntry("at", List.of(1L, 1L));
        Map<String, Object> text = Json.object(Json.list(json.get("values")).get(2));
        assertThat(text)
                .containsEntry("name", "text")
                .containsEntry("different", 1L)
                .containsEntry("max_abs", null)
                .containsEntry("nan_a", null)
                .containsEntry("at", List.of(1L));
        Map<String, Object> type = Json.object(Json.list(json.get("values")).get(3));
        assertThat(type).containsEntry("max_abs", 1L).containsEntry("at", List.of());
    }

    @Test
    void theExitStatusTellsWhetherTheyDiffer() {
        assertThat(ToolRun.of("diff", "-q", a, b)).isEqualTo(new ToolRun(1, "", ""));
        assertThat(ToolRun.of("diff", "-q", a, a)).isEqualTo(new ToolRun(0, "", ""));
        assertThat(ToolRun.of("diff", "-q", "--json", a, b)).isEqualTo(new ToolRun(1, "", ""));
        assertThat(ToolRun.of("diff", "-q", "--include", "small", a, b).code()).isEqualTo(1);
        assertThat(ToolRun.of("diff", "-q", "--include", "small", "--rtol", "0.01", a, b)
                        .code())
                .isZero();
        assertThat(ToolRun.of("diff", "-q", "--include", "small", "--atol", "0.001", a, b)
                        .code())
                .isEqualTo(1);
        assertThat(ToolRun.of("diff", "-q", "--include", "nan", "--no-equal-nan", a, b)
                        .code())
                .isEqualTo(1);
        assertThat(ToolRun.of("diff", "-q", "--include", "nan", a, b).code()).isZero();
        assertThat(ToolRun.of("diff", "--rtol", "-1", a, b).code()).isEqualTo(2);
        assertThat(ToolRun.of("diff", "--bytes", "--checksums", a, b))
                .isEqualTo(new ToolRun(
                        2,
                        "",
                        "tfckpt: --checksums, --bytes are mutually exclusive (specify only one); try 'tfckpt diff"
                                + " --help'\n"));
        assertThat(ToolRun.of("diff", a, directory.resolve("none")).code()).isEqualTo(2);
    }

    @Test
    void comparingNothingIsAnError() {
        ToolRun none = ToolRun.of("diff", "-q", "--include", "smal", a, b);
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).startsWith("tfckpt: no tensor of '" + a + "' and '" + b + "' is selected; --include");
        assertThat(ToolRun.of("diff", "-q", "--include", "added", a, b)).isEqualTo(new ToolRun(1, "", ""));
        assertThat(ToolRun.of("diff", "--checksums", "--rtol", "1", a, b).err()).contains("--checksums does not read");
        assertThat(ToolRun.of("diff", "--names-only", "--no-equal-nan", a, b).code())
                .isEqualTo(2);
        assertThat(ToolRun.of("diff", "--rtol", "x", a, b).err()).contains("--rtol: 'x' is not a number");
    }

    @Test
    void aChangeOfNaNsAloneIsNone() {
        assertThat(ToolRun.of("diff", "--no-equal-nan", "--include", "nan", a, a)
                        .lines())
                .last()
                .asString()
                .matches(" +- +- +- +2 of 2 +nan +! NaN: 2 -> 2");
        assertThat(ToolRun.of("diff", "--no-equal-nan", "--include", "half nan", withNan(), withNan())
                        .lines())
                .last()
                .asString()
                .matches(" +0 % +0 +1.000000 +1 of 2 +half nan +! NaN: 1 -> 1");
    }

    private Path withNan() {
        Path prefix = directory.resolve("nan");
        try (CheckpointWriter out = CheckpointWriter.open(prefix, WriteOptions.DEFAULT.overwriting())) {
            out.add("half nan", Shape.of(2), ValueSource.of(Float.NaN, 1f));
            out.finish();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return prefix;
    }

    @Test
    void comparesNamesOrChecksumsOnly() throws IOException {
        Files.delete(directory.resolve("a.data-00000-of-00001"));
        ToolRun names = ToolRun.of("diff", "--names-only", "--json", a, b);
        assertThat(names.code()).isEqualTo(1);
        assertThat(names.json()).containsEntry("values", List.of()).containsEntry("same", 5L);
        ToolRun checksums = ToolRun.of("diff", "--checksums", "--json", a, b);
        assertThat(checksums.code()).isEqualTo(1);
        Map<String, Object> large =
                Json.object(Json.list(checksums.json().get("values")).get(0));
        assertThat(large)
                .containsEntry("name", "large")
                .containsEntry("different", null)
                .containsEntry("at", null);
        assertThat(ToolRun.of("diff", "--checksums", "-q", a, a).code()).isZero();
        assertThat(ToolRun.of("diff", "--checksums", "--include", "large", a, b).out())
                .contains("large (the checksums differ)");
        ToolRun values = ToolRun.of("diff", "--json", a, b);
        assertThat(values.err()).contains("data file");
        assertThat(Json.list(values.json().get("not_compared"))).contains("large");
    }

    @Test
    void checksumsOfV1AreUnknown() throws IOException {
        String v1 = testdata("golden/tf218-v1-dtypes/model.ckpt");
        ToolRun run = ToolRun.of("diff", "--checksums", "--json", v1, v1);
        assertThat(run.code()).isZero();
        assertThat(run.err()).startsWith("tfckpt: warning: ").contains("not compared");
        assertThat(Json.list(run.json().get("not_compared"))).isNotEmpty();
    }

    @Test
    void mapsNamesOfAToNamesOfB() throws IOException {
        Path renamed = directory.resolve("renamed");
        assertThat(ToolRun.of("rewrite", STORY, "-o", renamed, "--rename", "s#^input/#init/#")
                        .code())
                .isZero();
        assertThat(ToolRun.of("diff", STORY, renamed, "--from", "s#^input/#init/#")
                        .code())
                .isZero();
        assertThat(ToolRun.of("diff", "-q", STORY, renamed).code()).isEqualTo(1);
        Path map = Files.writeString(directory.resolve("map"), "large -> small\nsmall -> large\n");
        Map<String, Object> mapped = ToolRun.of("diff", "--json", "--include", "large", "--map", map, a, b)
                .json();
        assertThat(Json.list(mapped.get("shape")))
                .containsExactly(Map.of("name", "large", "a", List.of(2L, 2L), "b", List.of(2L)));
        Files.writeString(map, "large -> small\nlarge -> same\n");
        assertThat(ToolRun.of("diff", "--map", map, a, b).err()).contains("'large' is mapped to both");
    }

    @Test
    void slotsCanBeIgnored() {
        String other = testdata("story/log/model.ckpt-100000");
        assertThat(ToolRun.of("diff", STORY, other).out()).contains("Momentum");
        assertThat(ToolRun.of("diff", "--no-slots", STORY, other).out()).doesNotContain("Momentum");
    }

    @Test
    void longListsAreSummedUpByScope() {
        String other = testdata("story/log/model.ckpt-100000");
        assertThat(ToolRun.of("diff", "--limit", "3", STORY, other).lines())
                .contains("  … and 86 tensors more (--limit N shows N):")
                .anyMatch(line -> line.matches(" {4}unit_3_0/ {2}\\d+ tensors, [\\d,]+ elements"))
                .allMatch(line -> line.length() <= 100);
    }

    @Test
    void byteOrderAndThreadsDoNotMatter() {
        String little = testdata("golden/tf218-v2-dtypes/ckpt");
        String big = testdata("golden/bigendian-v2-dtypes/ckpt");
        assertThat(ToolRun.of("diff", "-q", little, big).code()).isZero();
        assertThat(ToolRun.of("diff", "--json", "--threads", "7", a, b))
                .isEqualTo(ToolRun.of("diff", "--json", "--threads", "1", a, b));
    }

    @Test
    void elementsWithinTheToleranceAreNoChanges() {
        ToolRun run = ToolRun.of("diff", "--rtol", "0.01", "--include", "s*", "--include", "large", a, b);
        assertThat(run.out()).startsWith("""
                ################========================  40.0 % of 10 parameters changed
                1 tensor the same (=), 1 within the tolerance, 1 changed (#), 1 reshaped (#)
                """).contains("large").doesNotContain("small");
    }

    @Test
    void provesAConversionByARecipe() throws IOException {
        Path bert = directory.resolve("bert_model.ckpt");
        try (CheckpointWriter out = CheckpointWriter.open(bert)) {
            String layer = "bert/encoder/layer_0/";
            out.add("bert/embeddings/LayerNorm/gamma", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("bert/embeddings/word_embeddings", Shape.of(3, 2), ValueSource.of(1f, 2f, 3f, 4f, 5f, 6f));
            out.add(layer + "intermediate/dense/bias", Shape.of(3), ValueSource.of(1f, 2f, 3f));
            out.add(layer + "intermediate/dense/kernel", Shape.of(2, 3), ValueSource.of(1f, 2f, 3f, 4f, 5f, 6f));
            out.add(layer + "intermediate/dense/kernel/adam_m", Shape.of(2, 3), ValueSource.of(new float[6]));
            out.add("global_step", Shape.of(), ValueSource.of(7L));
            out.finish();
        }
        for (String name : List.of("model.safetensors", "model.npz", "model")) {
            Path model = directory.resolve(name);
            assertThat(ToolRun.of("convert", bert, "--recipe", "bert", "-o", model)
                            .code())
                    .isZero();
            ToolRun equal = ToolRun.of("diff", "--recipe", "bert", bert, model);
            assertThat(equal.code()).as(equal.toString()).isZero();
            assertThat(equal.lines().get(0)).matches("=+  0.0 % of 17 parameters changed");
            assertThat(ToolRun.of("diff", "-q", bert, model).code()).isEqualTo(1);
        }
        Path model = directory.resolve("model.npz");
        Path rules = Files.writeString(
                directory.resolve("rules"), ToolRun.of("recipes", "bert").out().replace("transpose", "#"));
        Map<String, Object> json =
                ToolRun.of("diff", "--json", "--recipe", rules, bert, model).json();
        assertThat(Json.list(json.get("shape")))
                .containsExactly(Map.of(
                        "name",
                        "bert.encoder.layer.0.intermediate.dense.weight",
                        "a",
                        List.of(2L, 3L),
                        "b",
                        List.of(3L, 2L)));
        assertThat(ToolRun.of("diff", "-q", "--recipe", rules, "--transpose", "**/kernel", bert, model)
                        .code())
                .isZero();
        assertThat(ToolRun.of("diff", "-q", "--recipe", rules, "--transpose", "**.weight=1,0", bert, model)
                        .code())
                .isEqualTo(1);
        assertThat(ToolRun.of("diff", "-q", "--transpose", "none", bert, bert).err())
                .isEqualTo("tfckpt: no tensor with the axes that it needs matches the rule 'none' for transposing\n");
        assertThat(ToolRun.of("diff", "--recipe", "unknown", bert, bert).err()).contains("'tfckpt recipes' lists");
        assertThat(ToolRun.of("diff", "--transpose", "x=1,1", bert, bert).code())
                .isEqualTo(2);
    }

    @Test
    void anObjectGraphIsNotExpectedInOtherFormats() {
        String tf2 = testdata("story/tf2");
        Path file = directory.resolve("model.safetensors");
        assertThat(ToolRun.of("convert", tf2, "--exclude", "re:OBJECT_CONFIG_JSON", "-o", file)
                        .code())
                .isZero();
        ToolRun run = ToolRun.of("diff", tf2, file);
        assertThat(run.code()).as(run.out()).isZero();
    }

    @Test
    void formatsWithoutChecksumsAreRead() throws IOException {
        Path changed = directory.resolve("changed");
        try (CheckpointWriter out = CheckpointWriter.open(changed)) {
            out.add("large", Shape.of(2, 2), ValueSource.of(1f, 2f, 3f, 5f));
            out.finish();
        }
        for (String suffix : List.of(".safetensors", ".npz", ".npy")) {
            Path first = directory.resolve("a" + suffix);
            Path second = directory.resolve("b" + suffix);
            assertThat(ToolRun.of("convert", a, "--include", "large", "-o", first)
                            .code())
                    .isZero();
            assertThat(ToolRun.of("convert", changed, "-o", second).code()).isZero();
            String[] names = suffix.equals(".npy") ? new String[] {"--from", "s/a/b/"} : new String[0];
            List<Object> args = new ArrayList<>(List.of("diff", "-q", first, second));
            args.addAll(List.of(names));
            assertThat(ToolRun.of(args.toArray()).code()).as(suffix).isEqualTo(1);
            assertThat(ToolRun.of("diff", "-q", first, first).code()).isZero();
            args.add("--checksums");
            args.remove("-q");
            ToolRun checksums = ToolRun.of(args.toArray());
            assertThat(checksums.code()).isZero();
            assertThat(checksums.err())
                    .startsWith("tfckpt: warning: 1 tensor not compared: no checksum is stored for the whole tensor");
        }
        Path file = directory.resolve("a.safetensors");
        assertThat(ToolRun.of("diff", "--include", "large", a, file).code()).isZero();
        assertThat(ToolRun.of("diff", "--include", "large", "--checksums", a, file)
                        .err())
                .contains("1 tensor not compared");
    }
}
