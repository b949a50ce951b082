package org.tfckpt.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.SafetensorsBuilder;

/** Reading of safetensors files and sets of files. */
class SafetensorsTest {
    @TempDir
    private Path directory;

    private Path file(String name, SafetensorsBuilder contents) throws IOException {
        return contents.write(directory.resolve(name));
    }

    private static SafetensorsBuilder oneFloat(String name) {
        return new SafetensorsBuilder().floats(name, name.length());
    }

    /** The example of the format's documentation, and the layout that the reference implementation tests. */
    @Test
    void theLayoutIsThatOfTheReference() throws IOException {
        byte[] bytes = new SafetensorsBuilder()
                .tensor("attn0", "F32", new long[] {1, 1, 2, 3}, new byte[24])
                .build();
        assertThat(bytes).hasSize(8 + 72 + 24).startsWith(72, 0, 0, 0, 0, 0, 0, 0);
        assertThat(new String(bytes, 8, 72, StandardCharsets.UTF_8))
                .isEqualTo("{\"attn0\":{\"dtype\":\"F32\",\"shape\":[1,1,2,3],\"data_offsets\":[0,24]}}       ");
        assertThat(new SafetensorsBuilder().build())
                .isEqualTo("\10\0\0\0\0\0\0\0{}      ".getBytes(StandardCharsets.UTF_8));
        try (Checkpoint checkpoint = Checkpoint.open(Files.write(directory.resolve("a.safetensors"), bytes))) {
            assertThat(checkpoint.format()).isEqualTo("safetensors");
            TensorInfo info = checkpoint.find("attn0").orElseThrow();
            assertThat(info.toString()).isEqualTo("attn0 (DT_FLOAT) [1,1,2,3]");
            assertThat(info.storage()).isEqualTo(new TensorInfo.Storage(0, 80, 24, 0, false));
            assertThat(checkpoint.hasChecksums()).isFalse();
            assertThat(checkpoint.canLinkDataFiles()).isFalse();
        }
    }

    @Test
    void everyDtypeHasItsCounterpart() throws IOException {
        String[][] dtypes = {
            {"BOOL", "DT_BOOL", "8"},
            {"F4", "F4", "4"},
            {"F6_E2M3", "F6_E2M3", "6"},
            {"F6_E3M2", "F6_E3M2", "6"},
            {"U8", "DT_UINT8", "8"},
            {"I8", "DT_INT8", "8"},
            {"F8_E5M2", "DT_FLOAT8_E5M2", "8"},
            {"F8_E4M3", "DT_FLOAT8_E4M3FN", "8"},
            {"F8_E8M0", "F8_E8M0", "8"},
            {"F8_E4M3FNUZ", "DT_FLOAT8_E4M3FNUZ", "8"},
            {"F8_E5M2FNUZ", "DT_FLOAT8_E5M2FNUZ", "8"},
            {"I16", "DT_INT16", "16"},
            {"U16", "DT_UINT16", "16"},
            {"F16", "DT_HALF", "16"},
            {"BF16", "DT_BFLOAT16", "16"},
            {"I32", "DT_INT32", "32"},
            {"U32", "DT_UINT32", "32"},
            {"F32", "DT_FLOAT", "32"},
            {"C64", "DT_COMPLEX64", "64"},
            {"F64", "DT_DOUBLE", "64"},
            {"I64", "DT_INT64", "64"},
            {"U64", "DT_UINT64", "64"}
        };
        SafetensorsBuilder builder = new SafetensorsBuilder().metadata("format", "pt");
        for (String[] dtype : dtypes) {
            byte[] data = new byte[Integer.parseInt(dtype[2])];
            java.util.Arrays.fill(data, (byte) dtype[0].length());
            builder.tensor(dtype[0], dtype[0], new long[] {2, 4}, data);
        }
        List<Problem> problems = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(file("all.safetensors", builder))) {
            for (String[] dtype : dtypes) {
                TensorInfo info = checkpoint.find(dtype[0]).orElseThrow();
                assertThat(info.toString()).isEqualTo(dtype[0] + " (" + dtype[1] + ") [2,4]");
                assertThat(info.byteSize()).isEqualTo(Long.parseLong(dtype[2]));
                Tensor tensor = checkpoint.tensor(info);
                if (dtype[1].startsWith("DT_")) {
                    byte[] data = new byte[Integer.parseInt(dtype[2])];
                    java.util.Arrays.fill(data, (byte) dtype[0].length());
                    assertThat(tensor.asByteBuffer()).isEqualTo(ByteBuffer.wrap(data));
                } else {
                    assertThat(info.dtype()).isEqualTo(DataType.UNKNOWN);
                    assertThatThrownBy(tensor::asByteBuffer)
                            .isInstanceOf(UnsupportedFormatException.class)
                            .hasMessageContaining("dtype " + dtype[0] + " is not supported");
                }
            }
            Checkpoint.Verification result = checkpoint.verify(problems::add);
            assertThat(result.tensors()).isEqualTo(22);
            assertThat(result.bytes()).isEqualTo(8 * 8 + 4 + 6 + 6 + 4 * 16 + 3 * 32 + 4 * 64);
        }
        assertThat(problems).isEmpty();
    }

    @Test
    void valuesAreViewsOfTheMappedFileEvenIfTheyAreNotAligned() throws IOException {
        SafetensorsBuilder builder = new SafetensorsBuilder()
                .tensor("bytes", "U8", new long[] {3}, new byte[] {1, 2, 3})
                .floats("x", 1, 2, 3);
        byte[] bytes = builder.build();
        // Other writers put the tensors in another order: the floats begin at an odd offset.
        String header = "{\"bytes\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},"
                + "\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[3,15]}}";
        byte[] floats = java.util.Arrays.copyOfRange(bytes, bytes.length - 15, bytes.length - 3);
        byte[] data =
                ByteBuffer.allocate(15).put(new byte[] {1, 2, 3}).put(floats).array();
        Path path = Files.write(directory.resolve("odd.safetensors"), SafetensorsBuilder.file(header, data));
        for (ReadOptions options : List.of(ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutMapping())) {
            try (Checkpoint checkpoint = Checkpoint.open(path, options)) {
                for (int i = 0; i < 20; i++) {
                    assertThat(checkpoint.tensor("x").toFloatArray()).containsExactly(1, 2, 3);
                }
                assertThat(checkpoint.tensor("x").asFloatBuffer().isDirect()).isEqualTo(options.mapping());
                assertThat(checkpoint.tensor("x").slice("1,2").toFloatArray()).containsExactly(2, 3);
            }
        }
    }

    @Test
    void emptyTensorsAndScalarsMayStandAnywhere() throws IOException {
        String header = "{\"b\":{\"dtype\":\"I8\",\"shape\":[],\"data_offsets\":[0,1]},"
                + "\"e\":{\"dtype\":\"F32\",\"shape\":[2,0],\"data_offsets\":[1,1]},"
                + "\"a\":{\"data_offsets\":[1,2],\"x\":{\"y\":0},\"shape\":[1],\"dtype\":\"I8\",\"other\":[1.5e3]}}";
        Path path = Files.write(directory.resolve("a.safetensors"), SafetensorsBuilder.file(header, new byte[] {7, 8}));
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.tensors().map(TensorInfo::toString))
                    .containsExactly("a (DT_INT8) [1]", "b (DT_INT8) []", "e (DT_FLOAT) [2,0]");
            assertThat(checkpoint.tensor("b").toIntArray()).containsExactly(7);
            assertThat(checkpoint.tensor("e").shape()).isEqualTo(Shape.of(2, 0));
        }
    }

    @Test
    void metadataAndEscapesAreRead() throws IOException {
        String header = "{\"__metadata__\":null,\"\\u00e4\\ud83d\\ude00/\\\"\\n\":{\"dtype\":\"I8\",\"shape\":[1],"
                + "\"data_offsets\":[0,1]}}";
        Path path = Files.write(directory.resolve("a.safetensors"), SafetensorsBuilder.file(header, new byte[] {1}));
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.tensors().map(TensorInfo::name)).containsExactly("\u00e4\ud83d\ude00/\"\n");
        }
    }

    private Path set() throws IOException {
        file("m-00001-of-00002.safetensors", oneFloat("a"));
        file("m-00002-of-00002.safetensors", oneFloat("bb"));
        return index("""
                {"metadata": {"total_size": 8, "nested": {"deep": [1, {}]}},
                 "weight_map": {"a": "m-00001-of-00002.safetensors", "bb": "m-00002-of-00002.safetensors"}}
                """);
    }

    private Path index(String text) throws IOException {
        return Files.writeString(directory.resolve("m.safetensors.index.json"), text);
    }

    @Test
    void aSetIsOpenedByItsIndexOrOneOfItsFiles() throws IOException {
        Path index = set();
        for (Path path : List.of(index, directory.resolve("m-00002-of-00002.safetensors"))) {
            try (Checkpoint checkpoint = Checkpoint.open(path)) {
                assertThat(checkpoint.shardCount()).isEqualTo(2);
                assertThat(checkpoint.prefix()).isEqualTo(index.toString());
                assertThat(checkpoint.tensor("a").toFloatArray()).containsExactly(1);
                assertThat(checkpoint.tensor("bb").toFloatArray()).containsExactly(2);
                assertThat(checkpoint.find("bb").orElseThrow().storage().shard())
                        .isEqualTo(1);
            }
        }
        Files.delete(index);
        try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("m-00002-of-00002.safetensors"))) {
            assertThat(checkpoint.tensors().map(TensorInfo::name)).containsExactly("bb");
        }
    }

    @Test
    void aDirectoryOfHuggingFaceIsFound() throws IOException {
        Files.move(set(), directory.resolve("model.safetensors.index.json"));
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.shardCount()).isEqualTo(2);
        }
        file("model.safetensors", oneFloat("single"));
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.tensors().map(TensorInfo::name)).containsExactly("single");
        }
    }

    private void refused(String index, ProblemKind kind, String message) throws IOException {
        Path path = index(index);
        assertThatThrownBy(() -> Checkpoint.open(path).close())
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining(message)
                .extracting(e -> ((DataLossException) e).kind())
                .isEqualTo(kind);
    }

    @Test
    void anIndexThatContradictsItsFilesIsRefused() throws IOException {
        set();
        String first = "m-00001-of-00002.safetensors";
        refused("{\"weight_map\": {\"a\": \"../m.safetensors\"}}", ProblemKind.HEADER, "in the directory of the index");
        refused("{\"weight_map\": {\"a\": \"/etc/passwd\"}}", ProblemKind.HEADER, "in the directory of the index");
        refused("{\"weight_map\": {\"a\": \"..\"}}", ProblemKind.HEADER, "in the directory of the index");
        refused("{\"weight_map\": {\"a\": \"x\\\\y\"}}", ProblemKind.HEADER, "in the directory of the index");
        refused("{\"weight_map\": {\"a\": \"\"}}", ProblemKind.HEADER, "in the directory of the index");
        refused("{\"weight_map\": {\"a\": \"a\\u0000b\"}}", ProblemKind.HEADER, "not the name of a file");
        refused("{\"weight_map\": {\"a\": 1}}", ProblemKind.HEADER, "expected the name of a file");
        refused("{\"weight_map\": {\"a\": \"none.safetensors\"}}", ProblemKind.MISSING_FILE, "does not exist");
        refused("{\"weight_map\": {\"x\": \"" + first + "\"}}", ProblemKind.ENTRY, "does not list");
        refused(
                "{\"weight_map\": {\"a\": \"" + first + "\", \"x\": \"" + first + "\"}}",
                ProblemKind.ENTRY,
                "does not contain");
        refused("{\"weight_map\": {\"a\": \"" + first + "\"}, \"weight_map\": {}}", ProblemKind.HEADER, "twice");
        refused(
                "{\"weight_map\": {\"a\": \"" + first + "\", \"a\": \"" + first + "\"}}",
                ProblemKind.HEADER,
                "the same name");
        refused("{\"metadata\": {}}", ProblemKind.HEADER, "no 'weight_map'");
        refused("[]", ProblemKind.HEADER, "expected an object");
        refused("{\"weight_map\": {}} x", ProblemKind.HEADER, "not valid");
        refused("{\"weight_map\": {}", ProblemKind.HEADER, "not valid");
    }

    @Test
    void anotherKindOfFileIsNamed() throws IOException {
        Path pointer = Files.writeString(
                directory.resolve("model.safetensors"), "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
        assertThatThrownBy(() -> Checkpoint.open(pointer).close())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is not a safetensors file but a Git LFS pointer; run 'git lfs pull'");
    }

    @Test
    void aClosedFileIsNotRead() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(file("a.safetensors", oneFloat("a")));
        Tensor tensor = checkpoint.tensor("a");
        checkpoint.close();
        assertThatThrownBy(tensor::toFloatArray).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> checkpoint.find("a")).isInstanceOf(IllegalStateException.class);
    }
}
