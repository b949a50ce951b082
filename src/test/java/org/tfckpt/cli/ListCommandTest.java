package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Corpus.Expected;
import org.tfckpt.testing.Json;
import org.tfckpt.testing.V1Builder;

class ListCommandTest {
    private static final String STORY = testdata("story/log/model.ckpt-122543");
    private static final String NAMES = testdata("golden/tf218-v2-names/ckpt");

    static List<Expected> listedByTensorFlow() {
        return Corpus.v2().stream()
                .filter(expected -> expected.string("debug_string") != null)
                .filter(expected -> expected.tensors().stream().noneMatch(tensor -> tensor.containsKey("slices")))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("listedByTensorFlow")
    void printsWhatTensorFlowPrintsByteForByte(Expected expected) throws IOException {
        byte[] debugString;
        try (var in = Corpus.open(expected.directory().resolve(expected.string("debug_string")))) {
            debugString = in.readAllBytes();
        }
        var out = new java.io.ByteArrayOutputStream();
        int code = Main.run(
                List.of("ls", expected.path().toString()), InputStream.nullInputStream(), out, System.err, false);
        assertThat(code).isZero();
        assertThat(out.toByteArray()).isEqualTo(debugString);
    }

    @Test
    void showsBytesShardAndOffsetOnRequest() {
        assertThat(ToolRun.of("ls", "-l", STORY).lines())
                .contains("input/init_conv/DW (DT_FLOAT) [3,3,3,16]  bytes=1728  shard=0  offset=520");
    }

    @Test
    void chooses() {
        assertThat(ToolRun.of("ls", STORY, "--include", "input/**", "--exclude", "**/Momentum")
                        .lines())
                .hasSize(8)
                .allMatch(line -> line.startsWith("input/") && !line.contains("Momentum"));
        assertThat(ToolRun.of("ls", STORY, "--include", "input/*").lines()).isEmpty();
        assertThat(ToolRun.of("ls", STORY, "--include", "re:^glob.*step$").lines())
                .containsExactly("global_step (DT_INT64) []");
    }

    @Test
    void sortsBySize() {
        List<String> lines = ToolRun.of("ls", STORY, "--sort", "size").lines();
        assertThat(lines).hasSameSizeAs(ToolRun.of("ls", STORY).lines());
        assertThat(lines.get(lines.size() - 1)).isEqualTo("global_step (DT_INT64) []");
    }

    @Test
    void givesJsonWithTheDocumentedKeys() throws IOException {
        Map<String, Object> json = ToolRun.of("ls", "--json", STORY).json();
        assertThat(json).containsOnlyKeys("checkpoint", "format", "endianness", "shards", "tensors", "totals");
        assertThat(json)
                .containsEntry("checkpoint", STORY)
                .containsEntry("format", "V2")
                .containsEntry("endianness", "LITTLE")
                .containsEntry("shards", 1L);
        List<Map<String, Object>> tensors = Json.list(json.get("tensors"));
        assertThat(tensors).hasSize(92);
        assertThat(tensors.get(0))
                .containsOnlyKeys("name", "dtype", "shape", "bytes", "shard", "offset", "crc32c", "slices")
                .containsEntry("name", "global_step")
                .containsEntry("dtype", "DT_INT64")
                .containsEntry("bytes", 8L);
        Map<String, Object> totals = Json.object(json.get("totals"));
        assertThat(totals).containsEntry("tensors", 92L).containsOnlyKeys("tensors", "parameters", "bytes");
    }

    @Test
    void saysTheTotalsOnRequestAndToATerminal() {
        assertThat(ToolRun.of("ls", STORY).err()).isEmpty();
        String summary = ToolRun.of("ls", "--summary", STORY).err();
        assertThat(summary).matches("92 tensors, [0-9,]+ parameters, [0-9,]+ bytes\\R");
        assertThat(ToolRun.onTerminal("ls", STORY).err()).isEqualTo(summary);
        assertThat(ToolRun.onTerminal("ls", "--no-summary", STORY).err()).isEmpty();
    }

    @Test
    void sendsNoControlCharacterToATerminal() {
        assertThat(ToolRun.of("ls", NAMES).out()).contains("tab\tname (DT_STRING) [3]");
        assertThat(ToolRun.onTerminal("ls", NAMES).out())
                .contains("tab\\x09name (DT_STRING) [3]\n", "new\\x0aline (DT_FLOAT) [1]\n")
                .doesNotContain("\t", "\u0001", "\0");
    }

    @Test
    void readsTheSameWithoutMapping() {
        assertThat(ToolRun.of("ls", "--no-mapping", STORY)).isEqualTo(ToolRun.of("ls", STORY));
    }

    @Test
    void saysWhereSlicesLie() throws IOException {
        Map<String, Object> json = ToolRun.of(
                        "ls", "--json", "--include", "cube", testdata("golden/tf218-v2-partitioned/ckpt"))
                .json();
        List<Map<String, Object>> tensors = Json.list(json.get("tensors"));
        assertThat(tensors).hasSize(1);
        assertThat(tensors.get(0))
                .containsEntry("bytes", 24L)
                .containsEntry("shard", null)
                .containsEntry("offset", null)
                .containsEntry("crc32c", null);
        List<Map<String, Object>> slices = Json.list(tensors.get(0).get("slices"));
        assertThat(slices).hasSize(3);
        assertThat(slices.get(0))
                .containsOnlyKeys("spec", "bytes", "shard", "offset", "crc32c")
                .containsEntry("spec", "0,2:-:0,1")
                .containsEntry("bytes", 6L)
                .containsEntry("shard", 0L);
    }

    @Test
    void foldsScopes() {
        assertThat(ToolRun.of("ls", "--tree", "--no-slots", "--include", "input/init_conv/**", STORY)
                        .lines())
                .containsExactly(
                        "input/  2 tensors, 864 parameters, 3,456 bytes",
                        "  init_conv/  2 tensors, 864 parameters, 3,456 bytes",
                        "    DW (DT_FLOAT) [3,3,3,16]",
                        "    DW/  1 tensor, 432 parameters, 1,728 bytes",
                        "      ExponentialMovingAverage (DT_FLOAT) [3,3,3,16]");
    }

    @Test
    void hidesTheStateOfOptimizersOnRequestAndNothingElse() {
        List<String> all = ToolRun.of("ls", STORY).lines();
        assertThat(ToolRun.of("ls", "--no-slots", STORY).lines())
                .containsExactlyElementsOf(all.stream()
                        .filter(line -> !line.contains("/Momentum "))
                        .toList())
                .hasSizeLessThan(all.size());
        assertThat(ToolRun.of("ls", "--no-slots", testdata("story/tf2")).lines())
                .containsExactlyElementsOf(ToolRun.of("ls", testdata("story/tf2")).lines().stream()
                        .filter(line -> !line.contains(".OPTIMIZER_SLOT") && !line.startsWith("optimizer/"))
                        .toList());
    }

    @Test
    void groupsEqualTensors(@TempDir Path directory) throws IOException {
        Path one = directory.resolve("one");
        try (CheckpointWriter out = CheckpointWriter.open(one)) {
            out.add("a", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("b", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("c", Shape.of(2, 1), ValueSource.of(1f, 2f));
            out.add("d", Shape.of(2), ValueSource.of(1f, 3f));
            out.add("e", Shape.of(0), ValueSource.of(new float[0]));
            out.add("f", Shape.of(0), ValueSource.of(new float[0]));
            out.addSlice("g", ShapeAndSlice.parse("2 0,1"), ValueSource.of(1f));
            out.addSlice("g", ShapeAndSlice.parse("2 1,1"), ValueSource.of(2f));
            out.finish();
        }
        Path big = directory.resolve("big");
        try (CheckpointWriter out = CheckpointWriter.open(big, WriteOptions.DEFAULT.withOrder(ByteOrder.BIG_ENDIAN))) {
            out.add("z", Shape.of(2), ValueSource.of(1f, 3f));
            out.finish();
        }
        assertThat(ToolRun.of("ls", "--duplicates", one).lines())
                .containsExactly(
                        "3 equal tensors, DT_FLOAT [2]: 16 bytes in copies",
                        "  a",
                        "  b",
                        "  g",
                        "1 group of equal tensors, 16 bytes in copies");
        assertThat(ToolRun.of("ls", "--duplicates", "--exclude", "b", "--exclude", "g", one, big)
                        .lines())
                .containsExactly(
                        "2 equal tensors, DT_FLOAT [2]: 8 bytes in copies",
                        "  " + one + ": d",
                        "  " + big + ": z",
                        "1 group of equal tensors, 8 bytes in copies");
        assertThat(ToolRun.of("ls", "--duplicates", "--json", "--include", "d", one, big)
                        .json())
                .containsEntry("wasted_bytes", 0L);
        assertThat(ToolRun.of("ls", one, big).code()).isEqualTo(2);
        for (String option : List.of("-l", "--tree", "--sort=size")) {
            assertThat(ToolRun.of("ls", "--duplicates", option, one).code()).isEqualTo(2);
        }
        Path linked = directory.resolve("linked");
        for (String suffix : List.of(".index", ".data-00000-of-00001")) {
            Files.createLink(directory.resolve("linked" + suffix), directory.resolve("one" + suffix));
        }
        assertThat(ToolRun.of("ls", "--duplicates", "--include", "d", one, linked)
                        .lines())
                .endsWith("1 group of equal tensors, 0 bytes in copies");
    }

    @Test
    void duplicatesAreFoundBesideDamagedTensors(@TempDir Path directory) throws IOException {
        Path prefix = directory.resolve("m");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (String name : List.of("a", "b", "c", "d")) {
                out.add(name, Shape.of(2), ValueSource.of(1f, 2f));
            }
            out.finish();
        }
        Path data = directory.resolve("m.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(data);
        bytes[8] ^= 1;
        bytes[24] ^= 1;
        Files.write(data, bytes);
        ToolRun run = ToolRun.of("ls", "--duplicates", prefix);
        assertThat(run.code()).isOne();
        assertThat(run.lines()).startsWith("2 equal tensors, DT_FLOAT [2]: 8 bytes in copies", "  a", "  c");
        assertThat(run.err().lines()).hasSize(2).first().asString().contains("'b'", "verify");
    }

    @Test
    void duplicatesAtTheSamePlaceInTwoFilesOfASetAreCopies(@TempDir Path directory) throws IOException {
        Path source = directory.resolve("m");
        try (CheckpointWriter out = CheckpointWriter.open(source)) {
            out.add("a", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("b", Shape.of(2), ValueSource.of(1f, 2f));
            out.finish();
        }
        Path set = directory.resolve("set.safetensors");
        assertThat(ToolRun.of("convert", source, "-o", set, "--shards", "2").code())
                .isZero();
        assertThat(ToolRun.of("ls", "--duplicates", set.resolveSibling("set.safetensors.index.json"))
                        .lines())
                .endsWith("1 group of equal tensors, 8 bytes in copies");
    }

    @Test
    void duplicatesAmongStringsOfV1CountTheirBytes(@TempDir Path directory) throws IOException {
        TensorProto.Builder values = TensorProto.newBuilder()
                .addStringVal(ByteString.copyFromUtf8("hello"))
                .addStringVal(ByteString.copyFromUtf8("world!"));
        String v1 = new V1Builder()
                .tensor("a", DataType.DT_STRING, new long[] {2}, values)
                .tensor("b", DataType.DT_STRING, new long[] {2}, values)
                .write(directory.resolve("v1"))
                .toString();
        String v2 = new BundleBuilder()
                .strings("d", "hello", "world!")
                .strings("e", "hellow", "orld!")
                .write(directory.resolve("v2"))
                .toString();
        assertThat(ToolRun.of("ls", "--duplicates", v1, v2).lines())
                .containsExactly(
                        "3 equal tensors, DT_STRING [2]: 28 bytes in copies",
                        "  " + v1 + ": a",
                        "  " + v1 + ": b",
                        "  " + v2 + ": d",
                        "1 group of equal tensors, 28 bytes in copies");
    }
}
