package org.tfckpt.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.FileFormat;
import org.tfckpt.ReadOptions;
import org.tfckpt.Sharding;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.ValueSource;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.edit.RewriteProgress;
import org.tfckpt.io.ByteSwap;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.SafetensorsBuilder;

/** Conversion of checkpoints to safetensors, npz and npy, and back. */
class ConvertTest {
    private static final Map<DataType, String> SAFETENSORS = Map.ofEntries(
            Map.entry(DataType.DT_BOOL, "BOOL"),
            Map.entry(DataType.DT_UINT8, "U8"),
            Map.entry(DataType.DT_INT8, "I8"),
            Map.entry(DataType.DT_FLOAT8_E5M2, "F8_E5M2"),
            Map.entry(DataType.DT_FLOAT8_E4M3FN, "F8_E4M3"),
            Map.entry(DataType.DT_FLOAT8_E4M3FNUZ, "F8_E4M3FNUZ"),
            Map.entry(DataType.DT_FLOAT8_E5M2FNUZ, "F8_E5M2FNUZ"),
            Map.entry(DataType.DT_INT16, "I16"),
            Map.entry(DataType.DT_UINT16, "U16"),
            Map.entry(DataType.DT_HALF, "F16"),
            Map.entry(DataType.DT_BFLOAT16, "BF16"),
            Map.entry(DataType.DT_INT32, "I32"),
            Map.entry(DataType.DT_UINT32, "U32"),
            Map.entry(DataType.DT_FLOAT, "F32"),
            Map.entry(DataType.DT_COMPLEX64, "C64"),
            Map.entry(DataType.DT_DOUBLE, "F64"),
            Map.entry(DataType.DT_INT64, "I64"),
            Map.entry(DataType.DT_UINT64, "U64"),
            Map.entry(DataType.DT_QINT8, "I8"),
            Map.entry(DataType.DT_QUINT8, "U8"),
            Map.entry(DataType.DT_QINT16, "I16"),
            Map.entry(DataType.DT_QUINT16, "U16"),
            Map.entry(DataType.DT_QINT32, "I32"),
            Map.entry(DataType.DT_INT4, "I8"),
            Map.entry(DataType.DT_UINT4, "U8"),
            Map.entry(DataType.DT_INT2, "I8"),
            Map.entry(DataType.DT_UINT2, "U8"));

    @TempDir
    private Path directory;

    static Stream<Corpus.Expected> complete() {
        return Corpus.checkpoints().stream()
                .filter(expected -> !expected.isV2() || expected.missingShards().isEmpty());
    }

    private interface Options {
        Rewrite.Builder to(Rewrite.Builder rewrite);
    }

    private static Rewrite convert(Path from, Path to, Options options) throws IOException {
        try (Checkpoint source = Checkpoint.open(from)) {
            Rewrite rewrite = options.to(Rewrite.of(source).format(FileFormat.ofSuffix(to)))
                    .build();
            rewrite.run(to, true, RewriteProgress.NONE);
            return rewrite;
        }
    }

    private static Map<String, String> digests(Path path) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            for (TensorInfo info : checkpoint.tensors().toList()) {
                digests.put(info.name() + " " + info.shape(), TensorDigest.sha256(checkpoint.tensor(info)));
            }
        }
        return digests;
    }

    private static byte[] bytes(Tensor tensor) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        tensor.forEachPart(part -> {
            byte[] copy = new byte[part.remaining()];
            (tensor.order() == ByteOrder.BIG_ENDIAN && tensor.dtype().swapUnit() > 1
                            ? ByteSwap.swapped(part, tensor.dtype().swapUnit())
                            : part.duplicate())
                    .get(copy);
            bytes.writeBytes(copy);
        });
        return bytes.toByteArray();
    }

    /** The writer of the test knows nothing of the product's. */
    @ParameterizedTest
    @MethodSource("complete")
    void safetensorsHasTheBytesOfTheReferenceAndBackTheSameValues(Corpus.Expected expected) throws IOException {
        SafetensorsBuilder reference = new SafetensorsBuilder().metadata("format", "pt");
        Map<String, String> kept = new TreeMap<>();
        try (Checkpoint source = Checkpoint.open(expected.path())) {
            for (TensorInfo info : source.tensors().toList()) {
                String dtype = SAFETENSORS.get(info.dtype());
                if (dtype != null) {
                    Tensor tensor = source.tensor(info);
                    reference.tensor(info.name(), dtype, info.shape().toArray(), bytes(tensor));
                    kept.put(info.name() + " " + info.shape(), TensorDigest.sha256(tensor));
                }
            }
        }
        Path file = directory.resolve("m.safetensors");
        convert(expected.path(), file, rewrite -> rewrite);
        assertThat(Files.readAllBytes(file)).isEqualTo(reference.build());
        Path back = directory.resolve("back");
        if (!kept.isEmpty()) {
            convert(file, back, rewrite -> rewrite);
            assertThat(digests(back)).isEqualTo(kept);
            assertThat(Checkpoints.problems(back)).isEmpty();
        }
    }

    /** TensorFlow 2.21 leaves the upper bits of an int4 zero, TensorFlow 2.18 extends the sign. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(strings = {"m.npz", "m.safetensors"})
    void integersOfLessThanAByteBecomeTheirValues(String name) throws IOException {
        byte[] stored = {0x08, (byte) 0xf8, 0x07, 0x77, 0x0f, 0x02};
        Path from = directory.resolve("small");
        try (CheckpointWriter out = CheckpointWriter.open(from)) {
            for (DataType type : List.of(DataType.DT_INT2, DataType.DT_INT4, DataType.DT_UINT2, DataType.DT_UINT4)) {
                out.add(type.name(), Shape.of(stored.length), ValueSource.of(type, ByteBuffer.wrap(stored)));
            }
            out.finish();
        }
        Path file = directory.resolve(name);
        convert(from, file, rewrite -> rewrite);
        try (Checkpoint converted = Checkpoint.open(file)) {
            assertThat(bytes(converted.tensor("DT_INT2"))).containsExactly(0, 0, -1, -1, -1, -2);
            assertThat(bytes(converted.tensor("DT_INT4"))).containsExactly(-8, -8, 7, 7, -1, 2);
            assertThat(bytes(converted.tensor("DT_UINT2"))).containsExactly(0, 0, 3, 3, 3, 2);
            assertThat(bytes(converted.tensor("DT_UINT4"))).containsExactly(8, 8, 7, 7, 15, 2);
        }
    }

    @ParameterizedTest
    @MethodSource("complete")
    void npzAndBackHasTheSameValues(Corpus.Expected expected) throws IOException {
        Map<String, String> kept = new TreeMap<>();
        Set<DataType> casts = EnumSet.noneOf(DataType.class);
        try (Checkpoint source = Checkpoint.open(expected.path())) {
            for (TensorInfo info : source.tensors().toList()) {
                boolean fits = info.dtype().isFixedWidth()
                        && info.shape().rank() <= 32
                        && info.name().indexOf(0) < 0
                        && isPossible(info.shape())
                        && !info.name().equals(ObjectKeys.OBJECT_GRAPH);
                if (fits && !isWidened(info.dtype())) {
                    kept.put(info.name() + " " + info.shape(), TensorDigest.sha256(source.tensor(info)));
                }
                if (fits && isWidened(info.dtype()) && info.dtype() != DataType.DT_FLOAT4_E2M1FN) {
                    casts.add(info.dtype());
                }
            }
        }
        Path file = directory.resolve("m.npz");
        Rewrite rewrite = convert(expected.path(), file, options -> options);
        Map<String, String> found = digests(file);
        assertThat(found).containsAllEntriesOf(kept);
        Path back = directory.resolve("back");
        convert(file, back, options -> options);
        assertThat(digests(back)).isEqualTo(found);
        for (DataType narrow : casts) {
            Path cast = directory.resolve("cast");
            convert(file, cast, options -> options.cast(narrow).include(named(rewrite, narrow)));
            try (Checkpoint source = Checkpoint.open(expected.path());
                    Checkpoint after = Checkpoint.open(cast)) {
                for (TensorInfo info : after.tensors().toList()) {
                    Tensor wanted = source.tensor(info.name());
                    float[] values = wanted.toFloatArray();
                    assertThat(after.tensor(info).toFloatArray())
                            .as(info.toString())
                            .isEqualTo(values);
                    // A cast keeps a NaN, not its bits.
                    if (IntStream.range(0, values.length).noneMatch(i -> Float.isNaN(values[i]))) {
                        assertThat(TensorDigest.sha256(after.tensor(info)))
                                .as(info.toString())
                                .isEqualTo(TensorDigest.sha256(wanted));
                    }
                }
            }
        }
    }

    /** NumPy refuses arrays whose dimensions that are not 0 have a product beyond its index type. */
    private static boolean isPossible(Shape shape) {
        double product = 16;
        for (long dimension : shape.toArray()) {
            product *= Math.max(1, dimension);
        }
        return product < Long.MAX_VALUE;
    }

    private static boolean isWidened(DataType dtype) {
        return dtype == DataType.DT_BFLOAT16
                || dtype.name().startsWith("DT_FLOAT8")
                || dtype.name().startsWith("DT_FLOAT4");
    }

    private static List<NamePattern> named(Rewrite rewrite, DataType dtype) {
        return rewrite.tensors().stream()
                .filter(tensor -> tensor.source().dtype() == dtype)
                .map(tensor -> NamePattern.of("re:^\\Q" + tensor.name() + "\\E$"))
                .toList();
    }

    /** {@code savez.npz} was written with NumPy 2.4 on Python 3.11.7, in the order of the names. */
    @Test
    void npzHasTheBytesOfNumpy() throws IOException {
        Path numpy = Corpus.root().resolve("interchange/savez.npz");
        Path file = directory.resolve("m.npz");
        convert(numpy, file, rewrite -> rewrite);
        assertThat(Files.readAllBytes(file)).isEqualTo(Files.readAllBytes(numpy));
    }

    @Test
    void everyMemberHasTheBytesOfNumpy() throws IOException {
        Path numpy = Corpus.root().resolve("interchange/little.npz");
        Path file = directory.resolve("m.npz");
        convert(numpy, file, rewrite -> rewrite);
        try (ZipFile ours = new ZipFile(file.toFile());
                ZipFile theirs = new ZipFile(numpy.toFile())) {
            assertThat(ours.size()).isEqualTo(theirs.size()).isGreaterThan(100);
            for (var entry : theirs.stream().toList()) {
                assertThat(ours.getInputStream(ours.getEntry(entry.getName())).readAllBytes())
                        .as(entry.getName())
                        .isEqualTo(theirs.getInputStream(entry).readAllBytes());
            }
        }
    }

    @Test
    void npyHoldsOneTensor() throws IOException {
        Path numpy = Corpus.root().resolve("interchange/f4.npy");
        Path file = directory.resolve("renamed.npy");
        convert(numpy, file, rewrite -> rewrite);
        assertThat(Files.readAllBytes(file)).isEqualTo(Files.readAllBytes(numpy));
        assertThatThrownBy(() -> convert(
                        Corpus.root().resolve("interchange/little.npz"),
                        directory.resolve("a.npy"),
                        rewrite -> rewrite))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds one tensor, not 112");
        assertThat(directory.resolve("a.npy")).doesNotExist();
    }

    private Path checkpoint(String name, Map<String, ValueSource> tensors, Shape shape) throws IOException {
        Path prefix = directory.resolve(name);
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (Map.Entry<String, ValueSource> tensor : new TreeMap<>(tensors).entrySet()) {
                out.add(tensor.getKey(), shape, tensor.getValue());
            }
            out.finish();
        }
        return prefix;
    }

    private static float[] ramp(int count, float first) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = first + i;
        }
        return values;
    }

    @Test
    void axesAreReorderedInEveryFormat() throws IOException {
        Path source = checkpoint("ckpt", Map.of("a/kernel", ValueSource.of(ramp(24, 0))), Shape.of(1, 2, 3, 4));
        float[] swapped = new float[24];
        float[] reversed = new float[24];
        for (int i = 0; i < 24; i++) {
            swapped[i / 12 * 12 + i % 4 * 3 + i / 4 % 3] = i;
            reversed[i % 4 * 6 + i / 4 % 3 + i / 12 * 3] = i;
        }
        for (String target : List.of("t", "t.safetensors", "t.npz", "t.npy")) {
            Path file = directory.resolve(target);
            convert(source, file, rewrite -> rewrite.transpose(NamePattern.of("**/kernel")));
            try (Checkpoint result = Checkpoint.open(file)) {
                Tensor tensor = result.tensor(result.tensors().findFirst().orElseThrow());
                assertThat(tensor.shape()).isEqualTo(Shape.of(1, 2, 4, 3));
                assertThat(tensor.toFloatArray()).containsExactly(swapped);
            }
            convert(source, file, rewrite -> rewrite.transpose("a/*=3,1,2"));
            try (Checkpoint result = Checkpoint.open(file)) {
                Tensor tensor = result.tensor(result.tensors().findFirst().orElseThrow());
                assertThat(tensor.shape()).isEqualTo(Shape.of(4, 2, 3));
                assertThat(tensor.toFloatArray()).containsExactly(reversed);
            }
        }
        assertThat(convert(source, directory.resolve("x"), rewrite -> rewrite.transpose("a/*=0,1,2"))
                        .notes())
                .containsExactly("no tensor with the axes that it needs matches the rule 'a/*=0,1,2' for transposing");
        assertThatThrownBy(() -> convert(source, directory.resolve("x"), rewrite -> rewrite.transpose("a/*=0,1,1,2")))
                .hasMessageContaining("each axis may occur once");
    }

    @Test
    void whatDoesNotFitIsLeftOutAndReportedOrRefused() throws IOException {
        Path source = Corpus.root().resolve("golden/tf218-v2-strings/ckpt");
        Path file = directory.resolve("s.safetensors");
        Rewrite rewrite = convert(source, file, options -> options);
        assertThat(rewrite.notes()).anyMatch(note -> note.contains("safetensors cannot hold 9 tensors"));
        assertThatThrownBy(() -> convert(source, directory.resolve("n.safetensors"), Rewrite.Builder::strict))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cannot hold");
        assertThat(directory.resolve("n.safetensors")).doesNotExist();
        Path objects = Corpus.root().resolve("golden/tf218-v2-object-graph/ckpt-1");
        assertThat(convert(objects, file, Rewrite.Builder::strict).tensors())
                .noneMatch(tensor -> tensor.name().equals(ObjectKeys.OBJECT_GRAPH));
    }

    @Test
    void stringsOfNpzKeepTheirValuesUnlessPaddingWouldChangeThem() throws IOException {
        Path source = checkpoint(
                "ckpt",
                Map.of(
                        "nul", ValueSource.of("a", "b\0"),
                        "ok", ValueSource.of("", "größe"),
                        "sparse", ValueSource.of("", "x".repeat((1 << 23) + 1))),
                Shape.of(2));
        Path file = directory.resolve("s.npz");
        Rewrite rewrite = convert(source, file, options -> options);
        assertThat(rewrite.notes()).singleElement().asString().contains("npz cannot hold 1 tensor: 'nul'");
        try (Checkpoint result = Checkpoint.open(file)) {
            assertThat(result.tensor("ok").toStringArray()).containsExactly("", "größe");
            assertThat(result.tensor("sparse").asStringVector(1, 1).bytes(0)).hasSize((1 << 23) + 1);
        }
    }

    private Path threeTensors(float first) throws IOException {
        Map<String, ValueSource> tensors = new HashMap<>();
        for (String name : List.of("a", "b", "ü")) {
            tensors.put(name, ValueSource.of(ramp(100, first)));
        }
        return checkpoint("ckpt" + first, tensors, Shape.of(100));
    }

    @Test
    void aSetHasTheLayoutOfHuggingFace() throws IOException {
        Path file = directory.resolve("m.safetensors");
        convert(threeTensors(0), file, rewrite -> rewrite.sharding(Sharding.ofMaxBytes(800)));
        assertThat(Files.readString(directory.resolve("m.safetensors.index.json")))
                .isEqualTo("""
                {
                  "metadata": {
                    "total_size": 1200
                  },
                  "weight_map": {
                    "a": "m-00001-of-00002.safetensors",
                    "b": "m-00001-of-00002.safetensors",
                    "\\u00fc": "m-00002-of-00002.safetensors"
                  }
                }
                """);
        assertThat(Files.readAllBytes(directory.resolve("m-00002-of-00002.safetensors")))
                .isEqualTo(new SafetensorsBuilder()
                        .metadata("format", "pt")
                        .floats("ü", ramp(100, 0))
                        .build());
        assertThat(digests(directory.resolve("m.safetensors.index.json")).keySet())
                .containsExactly("a [100]", "b [100]", "ü [100]");
    }

    @Test
    void aSetOfOneFileIsAPlainFile() throws IOException {
        Path file = directory.resolve("m.safetensors");
        convert(threeTensors(0), file, rewrite -> rewrite.sharding(Sharding.ofMaxBytes(1200)));
        assertThat(Folder.names(directory)).contains("m.safetensors").doesNotContain("m.safetensors.index.json");
        convert(threeTensors(1), file, rewrite -> rewrite.sharding(Sharding.ofCount(1)));
        convert(threeTensors(2), file, rewrite -> rewrite.sharding(Sharding.ofCount(3)));
        assertThat(Folder.names(directory))
                .contains("m-00003-of-00003.safetensors", "m.safetensors.index.json")
                .doesNotContain("m.safetensors");
        convert(threeTensors(3), file, rewrite -> rewrite.sharding(Sharding.ofCount(2)));
        assertThat(Folder.names(directory))
                .contains("m-00002-of-00002.safetensors")
                .doesNotContain("m-00003-of-00003.safetensors");
        convert(threeTensors(4), file, rewrite -> rewrite.sharding(Sharding.ofCount(2)));
        assertThat(Folder.names(directory).stream().filter(name -> name.startsWith("m")))
                .containsExactly(
                        "m-00001-of-00002.safetensors", "m-00002-of-00002.safetensors", "m.safetensors.index.json");
        convert(threeTensors(5), file, rewrite -> rewrite);
        assertThat(Folder.names(directory).stream().filter(name -> name.startsWith("m")))
                .containsExactly("m.safetensors");
    }

    @Test
    void existingFilesAreNotReplacedUnasked() throws IOException {
        Path source = threeTensors(0);
        for (String name : List.of("m.safetensors", "m.npz")) {
            Path file = Files.writeString(directory.resolve(name), "mine");
            try (Checkpoint checkpoint = Checkpoint.open(source)) {
                Rewrite rewrite =
                        Rewrite.of(checkpoint).format(FileFormat.ofSuffix(file)).build();
                assertThatThrownBy(() -> rewrite.run(file)).isInstanceOf(FileAlreadyExistsException.class);
            }
            assertThat(file).hasContent("mine");
        }
    }

    @Test
    void aFileMayReplaceTheOneThatItIsMadeFrom() throws IOException {
        Path file = directory.resolve("m.safetensors");
        convert(threeTensors(7), file, rewrite -> rewrite);
        convert(file, file, rewrite -> rewrite.transpose("x*").metadata(Map.of("b", "2", "a", "\"1\"\u0001")));
        assertThat(Files.readAllBytes(file))
                .isEqualTo(new SafetensorsBuilder()
                        .metadata("a", "\"1\"\u0001")
                        .metadata("b", "2")
                        .floats("a", ramp(100, 7))
                        .floats("b", ramp(100, 7))
                        .floats("ü", ramp(100, 7))
                        .build());
    }

    @Test
    void aTensorNamedLikeTheMetadataIsRefused() throws IOException {
        Path source = checkpoint("ckpt", Map.of("__metadata__", ValueSource.of(1f)), Shape.of());
        Path file = directory.resolve("m.safetensors");
        assertThatThrownBy(() -> convert(source, file, rewrite -> rewrite)).hasMessageContaining("'__metadata__'");
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"m.safetensors", "m.npz", "m.npy"})
    void damagedValuesAreNotConverted(String name) throws IOException {
        Path source = new BundleBuilder()
                .floats("v", new long[] {2, 2}, 1, 2, 3, 4)
                .entry("v", entry -> entry.setCrc32C(1))
                .write(directory.resolve("damaged"));
        Path file = directory.resolve(name);
        List<Options> ways = List.of(
                rewrite -> rewrite, rewrite -> rewrite.transpose("v"), rewrite -> rewrite.cast(DataType.DT_DOUBLE));
        for (ReadOptions reading : List.of(ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutChecksums())) {
            for (Options way : ways) {
                try (Checkpoint checkpoint = Checkpoint.open(source, reading)) {
                    Rewrite rewrite = way.to(Rewrite.of(checkpoint).format(FileFormat.ofSuffix(file)))
                            .build();
                    assertThatThrownBy(() -> rewrite.run(file))
                            .isInstanceOf(DataLossException.class)
                            .hasMessageContaining("'v'");
                }
                assertThat(Folder.names(directory)).noneMatch(left -> left.startsWith("m."));
            }
        }
    }
}
