package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.testing.V1Builder.floats;
import static org.tfckpt.testing.V1Builder.ints;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.format.table.BlockBuilder;
import org.tfckpt.proto.SavedSliceMeta;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorNotFoundException;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.V1Builder;

@DisplayName("V1 checkpoints")
class V1Test {
    private static final long[] FIVE_BY_TEN = {5, 10};
    private static final long[] FOUR_BY_FIVE = {4, 5};
    private static final long[] SCALAR = {};

    @TempDir
    Path directory;

    private Path file(String name) {
        return directory.resolve(name);
    }

    private Checkpoint open(V1Builder builder) throws Exception {
        return Checkpoint.open(builder.write(file("model.ckpt")));
    }

    private static List<Problem> problems(Checkpoint checkpoint) throws Exception {
        List<Problem> problems = new ArrayList<>();
        checkpoint.verify(problems::add);
        return problems;
    }

    @Test
    @DisplayName("V1-01: four tensors, three of them in parts")
    void simpleWrite() throws Exception {
        TensorProto.Builder longs = TensorProto.newBuilder();
        IntStream.range(0, 5).forEach(longs::addInt64Val);
        V1Builder builder = new V1Builder()
                .slice("test", DataType.DT_INT32, FIVE_BY_TEN, "-:0,1", ints(0, 1, 2, 3, 4))
                .slice("test", DataType.DT_INT32, FIVE_BY_TEN, "-:3,1", ints(10, 11, 12, 13, 14))
                .tensor("AA", DataType.DT_FLOAT, new long[] {3, 2}, floats(1, 2, 3, 4, 5, 6))
                .slice("int64", DataType.DT_INT64, FIVE_BY_TEN, "-:3,1", longs)
                .slice("int16", DataType.DT_INT16, FIVE_BY_TEN, "-:3,1", ints(0, -1, 2, -3, 4));
        try (Checkpoint checkpoint = open(builder)) {
            assertThat(checkpoint.format()).isEqualTo("V1");
            assertThat(checkpoint.tensors().map(TensorInfo::toString))
                    .containsExactly(
                            "AA (DT_FLOAT) [3,2]",
                            "int16 (DT_INT16) [5,10]",
                            "int64 (DT_INT64) [5,10]",
                            "test (DT_INT32) [5,10]");
            assertThat(checkpoint.find("AA")).hasValueSatisfying(info -> {
                assertThat(info.storage()).isNull();
                assertThat(info.isPartitioned()).isFalse();
            });
            Tensor test = checkpoint.tensor("test");
            assertThat(test.info().slices().stream().map(Object::toString)).containsExactly("-:0,1", "-:3,1");
            assertThat(test.slice("-:3,1").toIntArray()).containsExactly(10, 11, 12, 13, 14);
            assertThat(test.slice("1,2:0,1").toIntArray()).containsExactly(1, 2);
            assertThat(checkpoint.tensor("int16").slice("-:3,1").toIntArray()).containsExactly(0, -1, 2, -3, 4);
            assertThat(checkpoint.tensor("int64").slice("-:3,1").toLongArray()).containsExactly(0, 1, 2, 3, 4);
            assertThat(checkpoint.tensor("AA").toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DT_FLOAT", "DT_INT32", "DT_INT64", "DT_INT16", "DT_INT8", "DT_UINT8"})
    @DisplayName("V1-02, SS-01, SS-02, SS-03, SS-04: slices over two files, opened by a pattern")
    void slicesOverTwoFiles(DataType dtype) throws Exception {
        new V1Builder()
                .slice("test", dtype, FOUR_BY_FIVE, "0,2:-", values(dtype, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
                .write(file("model_0"));
        new V1Builder()
                .slice("test", dtype, FOUR_BY_FIVE, "2,2:0,3", values(dtype, 10, 11, 12, 15, 16, 17))
                .slice("test", dtype, FOUR_BY_FIVE, "3,1:3,2", values(dtype, 18, 19))
                .write(file("model_1"));
        for (ReadOptions options : List.of(ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutMapping())) {
            try (Checkpoint checkpoint = Checkpoint.open(file("model_*"), options)) {
                assertThat(checkpoint.shardCount()).isEqualTo(2);
                assertThat(checkpoint.tensors().map(TensorInfo::toString))
                        .containsExactly("test (" + dtype + ") [4,5]");
                assertThat(checkpoint.find("don't exist")).isEmpty();
                Tensor test = checkpoint.tensor("test");
                assertThat(doubles(test.slice("0,2:-"))).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
                assertThat(doubles(test.slice("1,1:-"))).containsExactly(5, 6, 7, 8, 9);
                assertThat(doubles(test.slice("1,2:0,3"))).containsExactly(5, 6, 7, 10, 11, 12);
                assertThatThrownBy(() -> test.slice("1,2:2,3").asByteBuffer())
                        .isInstanceOf(DataLossException.class)
                        .hasMessageContaining("Error copying slice data");
            }
        }
    }

    private static double[] doubles(Tensor tensor) throws Exception {
        return tensor.dtype() == DataType.DT_FLOAT
                ? tensor.toDoubleArray()
                : Arrays.stream(tensor.toLongArray()).asDoubleStream().toArray();
    }

    private static TensorProto.Builder values(DataType dtype, int... values) {
        TensorProto.Builder proto = TensorProto.newBuilder();
        for (int value : values) {
            switch (dtype) {
                case DT_FLOAT -> proto.addFloatVal(value);
                case DT_INT64 -> proto.addInt64Val(value);
                default -> proto.addIntVal(value);
            }
        }
        return proto;
    }

    @Test
    @DisplayName("V1-03: versions, as in V2")
    void versions() {
        assertThatThrownBy(() ->
                        open(new V1Builder().meta(m -> m.getVersionsBuilder().setMinConsumer(2))))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("Checkpoint min consumer version 2 above current version 1 for TensorFlow");
        assertThatThrownBy(() ->
                        open(new V1Builder().meta(m -> m.getVersionsBuilder().setProducer(-1))))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("Checkpoint producer version -1 below min producer 0 supported by TensorFlow");
        assertThatThrownBy(() ->
                        open(new V1Builder().meta(m -> m.getVersionsBuilder().addBadConsumers(1))))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("Checkpoint disallows consumer version 1.  Please upgrade TensorFlow");
    }

    @Test
    @DisplayName("V1-04, V1-05: a type that is missing, or a reference")
    void typesThatAreNotRead() throws Exception {
        V1Builder builder = new V1Builder()
                .tensor("missing", DataType.DT_INT32, SCALAR, ints(1))
                .tensor("ref", DataType.DT_INT32, SCALAR, ints(1))
                .list("missing", m -> m.clearType())
                .list("ref", m -> m.setTypeValue(103));
        try (Checkpoint checkpoint = open(builder)) {
            assertThat(checkpoint.tensors().map(TensorInfo::toString))
                    .containsExactly("missing (DT_INVALID) []", "ref (DT_INT32_REF) []");
            assertThatThrownBy(() -> checkpoint.tensor("missing").asByteBuffer())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("Type not set");
            assertThatThrownBy(() -> checkpoint.tensor("ref").asByteBuffer())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("Data type not supported");
            assertThat(problems(checkpoint)).extracting(Problem::kind).containsOnly(ProblemKind.DTYPE);
        }
    }

    @Test
    @DisplayName("V1-06: a negative dimension")
    void negativeDimension() {
        V1Builder builder = new V1Builder()
                .tensor("v", DataType.DT_INT32, new long[] {2}, ints(1, 2))
                .list("v", m -> m.setShape(BundleBuilder.shape(-2)));
        assertThatThrownBy(() -> open(builder))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("Invalid tensor shape: v dim { size: -2 }");
    }

    @Test
    @DisplayName("V1-07, V1-08, CR-02, RS-05: nothing matches")
    void nothingMatches() {
        for (String name : List.of("nothing", "nothing-?????-of-00002", "not*")) {
            assertThatThrownBy(() -> Checkpoint.open(file(name)))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(
                            "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
                                    + file(name));
        }
    }

    @Test
    @DisplayName("V1-09: an empty file, and one that is no table")
    void noTable() throws Exception {
        Files.write(file("empty"), new byte[0]);
        assertThatThrownBy(() -> Checkpoint.open(file("empty")))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("Unable to open table file " + file("empty")
                        + ": DATA_LOSS: file is too short to be an sstable: perhaps your file is in a different file"
                        + " format and you need to use a different restore operator?");
        Files.write(file("data"), new byte[100]);
        assertThatThrownBy(() -> Checkpoint.open(file("data")))
                .hasMessageContaining("DATA_LOSS: not an sstable (bad magic number): perhaps");
    }

    @Test
    @DisplayName("V1-10: a directory among the files of a pattern")
    void directoryAmongTheFiles() throws Exception {
        Files.createDirectory(file("model-00000-of-00001"));
        assertThatThrownBy(() -> Checkpoint.open(file("model-?????-of-00001")))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("FAILED_PRECONDITION: " + file("model-00000-of-00001") + "; Is a directory");
    }

    @Test
    void namesThatAreNotUtf8() throws Exception {
        String name = TensorNames.decode(new byte[] {'v', (byte) 0xff, '/', (byte) 0xc3});
        V1Builder builder = new V1Builder().tensor(name, DataType.DT_INT32, SCALAR, ints(7));
        try (Checkpoint checkpoint = open(builder)) {
            assertThat(checkpoint.tensors().map(TensorInfo::name)).containsExactly(name);
            assertThat(checkpoint.tensor(name).toIntArray()).containsExactly(7);
            assertThat(problems(checkpoint)).isEmpty();
        }
    }

    @Test
    void aTensorInMoreSlicesThanFitAMessageThatIsParsedAsAWhole() throws Exception {
        int count = 10_000;
        V1Builder builder = new V1Builder();
        for (int i = 0; i < count; i++) {
            builder.slice("v", DataType.DT_INT32, new long[] {count}, i + ",1", ints(i));
        }
        try (Checkpoint checkpoint = open(builder)) {
            assertThat(checkpoint.tensor("v").info().slices()).hasSize(count);
            assertThat(checkpoint.tensor("v").slice("4000,2").toIntArray()).containsExactly(4000, 4001);
            assertThat(problems(checkpoint)).isEmpty();
        }
    }

    @Test
    @DisplayName("V1-11: no list of slices, or one that cannot be parsed")
    void noList() {
        Path unparsable = new V1Builder()
                .record(new byte[0], new byte[] {(byte) 0xff, (byte) 0xff})
                .write(file("a"));
        BlockBuilder block = new BlockBuilder(16);
        block.add(new byte[] {'x'}, new byte[0]);
        Path withoutFirst = new V1Builder()
                .table(table -> table.block(0, first -> first.withStored(block.contents())))
                .write(file("b"));
        for (Path path : List.of(unparsable, withoutFirst)) {
            assertThatThrownBy(() -> Checkpoint.open(path))
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining(
                            "Failed to find the saved tensor slices at the beginning of the checkpoint file: " + path);
        }
    }

    @Test
    @DisplayName("V1-12: a list without versions")
    void withoutVersions() throws Exception {
        V1Builder builder =
                new V1Builder().tensor("v", DataType.DT_INT32, SCALAR, ints(7)).meta(m -> m.clearVersions());
        try (Checkpoint checkpoint = open(builder)) {
            assertThat(checkpoint.tensor("v").toIntArray()).containsExactly(7);
        }
    }

    static Stream<Arguments> contradictions() {
        return Stream.of(
                Arguments.of(
                        new V1Builder()
                                .slice("a", DataType.DT_FLOAT, FIVE_BY_TEN, "-:0,2", floats())
                                .slice("a", DataType.DT_FLOAT, FIVE_BY_TEN, "-:1,9", floats()),
                        "Overlapping slices: existing slice = -:0,2, new slice = -:1,9"),
                Arguments.of(
                        new V1Builder().slice("a", DataType.DT_FLOAT, FIVE_BY_TEN, "-:1,10", floats()),
                        "Extent in dimension 1 out of bounds: shape = [5,10], slice = -:1,10"),
                Arguments.of(
                        new V1Builder().slice("a", DataType.DT_FLOAT, new long[] {5}, extent(0, -3), floats()),
                        "Expected non-negative start and positive length but got start = 0, length = -3: extent ="
                                + " length: -3"),
                Arguments.of(
                        new V1Builder()
                                .slice("a", DataType.DT_FLOAT, new long[] {5}, extent(5, Long.MAX_VALUE), floats()),
                        "Extent end exceeds the maximum possible size: extent = start: 5 length: 9223372036854775807"),
                Arguments.of(
                        twice(m -> m.setTypeValue(3)),
                        "Incompatible tensor types detected for tensor a: existing = float, new = int32"),
                Arguments.of(
                        twice(m -> m.setShape(BundleBuilder.shape(5))),
                        "Incompatible tensor shapes detected for tensor a: existing = [4], new = [5]"),
                Arguments.of(
                        new V1Builder().slice("a", DataType.DT_FLOAT, new long[] {5}, TensorSlice.full(2), floats()),
                        "Mismatching ranks: shape = [5], slice = -:-"));
    }

    private static TensorSlice extent(long start, long length) {
        return TensorSlice.ofExtents(new long[] {start}, new long[] {length});
    }

    private static V1Builder twice(Consumer<SavedSliceMeta.Builder> change) {
        V1Builder builder = new V1Builder().slice("a", DataType.DT_FLOAT, new long[] {4}, "0,2", floats(1, 2));
        SavedSliceMeta.Builder second =
                builder.list("a", DataType.DT_FLOAT, new long[] {4}).clone();
        change.accept(second);
        return builder.meta(m -> m.addTensor(second));
    }

    @ParameterizedTest
    @MethodSource("contradictions")
    @DisplayName("V1-13, SS-07: lists that contradict themselves")
    void listsThatContradictThemselves(V1Builder builder, String message) {
        assertThatThrownBy(() -> open(builder))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining(message);
    }

    static Stream<Arguments> storedValues() {
        return Stream.of(
                Arguments.of(DataType.DT_BOOL, "5a020100", "0100"),
                Arguments.of(DataType.DT_HALF, "6a0580788080" + "03", "003c00c0"),
                Arguments.of(DataType.DT_UINT8, "3a04c80101" /* 200, 1, and one byte more below */, null),
                Arguments.of(DataType.DT_UINT8, "3a03c80101", "c801"),
                Arguments.of(DataType.DT_INT8, "3a0bffffffffffffffffff0102", "ff02"),
                Arguments.of(DataType.DT_INT64, "520bfbffffffffffffffff0107", "fbffffffffffffff0700000000000000"),
                Arguments.of(DataType.DT_UINT16, "3a04ffff0307", "ffff0700"),
                Arguments.of(DataType.DT_QINT8, "3a0bfeffffffffffffffff0107", "fe07"),
                Arguments.of(DataType.DT_FLOAT, "2a080000803f00000040", "0000803f00000040"),
                Arguments.of(DataType.DT_FLOAT, "2d0000803f2d00000040", "0000803f00000040"),
                Arguments.of(DataType.DT_FLOAT, "2a040000803f2d00000040", "0000803f00000040"),
                Arguments.of(
                        DataType.DT_DOUBLE, "3210000000000000f03f0000000000000040", "000000000000f03f0000000000000040"),
                Arguments.of(
                        DataType.DT_DOUBLE, "31000000000000f03f310000000000000040", "000000000000f03f0000000000000040"),
                Arguments.of(
                        DataType.DT_COMPLEX64,
                        "4a100000803f000000400000404000008040",
                        "0000803f000000400000404000008040"),
                Arguments.of(
                        DataType.DT_COMPLEX128,
                        "6220000000000000f03f000000000000004000000000000008400000000000001040",
                        "000000000000f03f000000000000004000000000000008400000000000001040"),
                Arguments.of(DataType.DT_INT32, "3801380" + "2", "0100000002000000"),
                Arguments.of(DataType.DT_INT32, "3a01013802", "0100000002000000"));
    }

    @ParameterizedTest
    @MethodSource("storedValues")
    @DisplayName("V1-14, V1-23: each dtype in its field, packed and unpacked")
    void valuesOfEveryDtype(DataType dtype, String proto, String elements) throws Exception {
        byte[] stored = HexFormat.of().parseHex(proto);
        TensorProto.Builder values;
        try {
            values = TensorProto.parseFrom(stored).toBuilder();
        } catch (InvalidProtocolBufferException damaged) {
            values = TensorProto.newBuilder();
        }
        V1Builder builder = new V1Builder().tensor("v", dtype, new long[] {2}, values);
        // Literal bytes, because the builder packs.
        builder.rawSlice("v", TensorSlice.full(1), "v", stored);
        try (Checkpoint checkpoint = open(builder)) {
            if (elements == null) {
                assertThatThrownBy(() -> checkpoint.tensor("v").asByteBuffer()).isInstanceOf(DataLossException.class);
            } else {
                assertThat(checkpoint.tensor("v").asByteBuffer())
                        .isEqualTo(ByteBuffer.wrap(HexFormat.of().parseHex(elements)));
                assertThat(problems(checkpoint)).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("V1-14: strings")
    void strings() throws Exception {
        TensorProto.Builder values = TensorProto.newBuilder()
                .addStringVal(ByteString.copyFromUtf8("ab"))
                .addStringVal(ByteString.EMPTY);
        try (Checkpoint checkpoint = open(new V1Builder()
                .tensor("v", DataType.DT_STRING, new long[] {2}, values)
                .tensor("few", DataType.DT_STRING, new long[] {3}, values.clone()))) {
            assertThat(checkpoint.tensor("v").toStringArray()).containsExactly("ab", "");
            assertThat(checkpoint.tensor("v").slice("1,1").toStringArray()).containsExactly("");
            assertThatThrownBy(() -> checkpoint.tensor("few").toStringArray())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("2 strings where 3 are needed");
        }
    }

    @Test
    @DisplayName("V1-16: a tensor without elements")
    void empty() throws Exception {
        try (Checkpoint checkpoint =
                open(new V1Builder().tensor("v", DataType.DT_FLOAT, new long[] {0, 3}, TensorProto.newBuilder()))) {
            assertThat(checkpoint.tensor("v").toFloatArray()).isEmpty();
            assertThat(problems(checkpoint)).isEmpty();
        }
    }

    @Test
    @DisplayName("V1-17, CR-04: two slices in one file are joined")
    void slicesInOneFile() throws Exception {
        V1Builder builder = new V1Builder()
                .slice("v", DataType.DT_INT32, new long[] {2, 3}, "-:1,2", ints(1, 2, 4, 5))
                .slice("v", DataType.DT_INT32, new long[] {2, 3}, "-:0,1", ints(0, 3));
        try (Checkpoint checkpoint = open(builder)) {
            assertThat(checkpoint.tensor("v").toIntArray()).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(checkpoint.tensor("v").info().slices()).hasSize(2);
            assertThat(problems(checkpoint)).isEmpty();
        }
    }

    @Test
    @DisplayName("V1-18: a sharded set by its patterns, by its base name, and one file of it")
    void shardedSet() throws Exception {
        new V1Builder()
                .slice("v", DataType.DT_INT32, new long[] {4}, "0,2", ints(0, 1))
                .tensor("w", DataType.DT_INT32, SCALAR, ints(7))
                .write(file("m-00000-of-00002"));
        new V1Builder()
                .slice("v", DataType.DT_INT32, new long[] {4}, "2,2", ints(2, 3))
                .write(file("m-00001-of-00002"));
        for (String pattern :
                List.of("m-?????-of-00002", "m-?????-of-?????", "m-*", "m-0000[01]-of-00002", "m-[!x]*")) {
            try (Checkpoint checkpoint = Checkpoint.open(file(pattern))) {
                assertThat(checkpoint.shardCount()).isEqualTo(2);
                assertThat(checkpoint.prefix()).isEqualTo(file(pattern).toString());
                assertThat(checkpoint.tensor("v").toIntArray()).containsExactly(0, 1, 2, 3);
                assertThat(problems(checkpoint)).isEmpty();
            }
        }
        assertThatThrownBy(() -> Checkpoint.open(file("m")))
                .hasMessageContaining("Failed to find any matching files for " + file("m"))
                .hasMessageContaining("m-?????-of-00002");
        try (Checkpoint checkpoint = Checkpoint.open(file("m-00001-of-00002"))) {
            assertThatThrownBy(() -> checkpoint.tensor("v").toIntArray())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("Error copying slice data")
                    .hasMessageContaining("'m-?????-of-00002'; open that for all of it");
            assertThat(checkpoint.tensor("v").slice("2,2").toIntArray()).containsExactly(2, 3);
            assertThat(problems(checkpoint)).extracting(Problem::kind).containsExactly(ProblemKind.SLICES);
        }
    }

    @Test
    @DisplayName("V1-19: a missing name, a wrong shape in the spec")
    void wrongQuestions() throws Exception {
        V1Builder builder = new V1Builder().slice("foo", DataType.DT_INT32, FIVE_BY_TEN, "-:0,1", ints(0, 1, 2, 3, 4));
        try (Checkpoint checkpoint = open(builder)) {
            assertThatThrownBy(() -> checkpoint.tensor("b"))
                    .isInstanceOf(TensorNotFoundException.class)
                    .hasMessageContaining("Tensor name \"b\" not found in checkpoint files " + file("model.ckpt"));
            assertThatThrownBy(() -> checkpoint.tensor("foo").slice("5 11 -:0,1"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Shape in shape_and_slice spec does not match the shape in the save file: [5,11], save"
                            + " file shape: [5,10]");
        }
    }

    @Test
    @DisplayName("V1-20: names are sorted, in any order of addition")
    void sortedNames() throws Exception {
        V1Builder builder = new V1Builder();
        List<String> names = List.of("b", "a", "a/b", "é", "\uD83D\uDE00", "\uFFFD", "B", "");
        for (String name : names) {
            builder.tensor(name, DataType.DT_INT32, SCALAR, ints(name.length()));
        }
        try (Checkpoint checkpoint = open(builder)) {
            assertThat(checkpoint.tensors().map(TensorInfo::name))
                    .containsExactly("", "B", "a", "a/b", "b", "é", "\uFFFD", "\uD83D\uDE00");
            for (String name : names) {
                assertThat(checkpoint.tensor(name).toIntArray()).containsExactly(name.length());
            }
        }
    }

    @Test
    @DisplayName("V1-21: the record of a listed slice is missing")
    void missingRecord() throws Exception {
        V1Builder builder = new V1Builder()
                .slice("v", DataType.DT_INT32, new long[] {4}, "0,2", ints(0, 1))
                .slice("v", DataType.DT_INT32, new long[] {4}, "2,2", ints(2, 3))
                .without("v", "2,2");
        try (Checkpoint checkpoint = open(builder)) {
            assertThatThrownBy(() -> checkpoint.tensor("v").toIntArray())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("the file has no record of slice 2,2 of the tensor [file");
            assertThat(checkpoint.tensor("v").slice("0,2").toIntArray()).containsExactly(0, 1);
            assertThat(problems(checkpoint)).extracting(Problem::kind).containsExactly(ProblemKind.SLICES);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("V1-22: Snappy blocks, and many of them")
    void snappy(boolean snappy) throws Exception {
        V1Builder builder = new V1Builder().layout(256, 4, snappy);
        for (int i = 0; i < 200; i++) {
            builder.tensor(
                    "v" + i,
                    DataType.DT_INT32,
                    new long[] {20},
                    ints(IntStream.range(i, i + 20).toArray()));
        }
        for (ReadOptions options : List.of(ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutMapping())) {
            try (Checkpoint checkpoint = Checkpoint.open(builder.write(file("many")), options)) {
                for (int i = 0; i < 200; i++) {
                    assertThat(checkpoint.tensor("v" + i).toIntArray())
                            .isEqualTo(IntStream.range(i, i + 20).toArray());
                }
                assertThat(problems(checkpoint)).isEmpty();
            }
        }
    }

    @Test
    void floatsOfAMappedFileAreNotCopied() throws Exception {
        try (Checkpoint checkpoint =
                open(new V1Builder().tensor("v", DataType.DT_FLOAT, new long[] {4}, floats(1, 2, 3, 4)))) {
            assertThat(checkpoint.tensor("v").asByteBuffer().isDirect()).isTrue();
            assertThat(checkpoint.tensor("v").slice("1,2").asByteBuffer().isDirect())
                    .isTrue();
        }
    }
}
