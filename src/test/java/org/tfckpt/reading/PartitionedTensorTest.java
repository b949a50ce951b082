package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Slices;

@DisplayName("Partitioned tensors of V2 checkpoints")
class PartitionedTensorTest {
    private static final long[] FIVE_BY_TEN = {5, 10};

    @TempDir
    Path directory;

    static Stream<ReadOptions> ways() {
        return Checkpoints.WAYS.stream();
    }

    private static byte[] zerosAndOnes() {
        float[] values = new float[50];
        for (int i = 0; i < 50; i++) {
            values[i] = i % 10 == 0 ? 0 : 1;
        }
        return Slices.floats(values);
    }

    private Path foo(String... slices) {
        return Slices.tensor(new BundleBuilder(), "foo", DataType.DT_FLOAT, FIVE_BY_TEN, zerosAndOnes(), slices)
                .write(directory.resolve("ckpt"));
    }

    private static float[] repeated(float value, int count) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("PV-01, PV-03, PV-12: foo [5,10] in -:0,1 and -:1,9")
    void readsTheWholeAndAnyRegion(ReadOptions options) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(foo("-:0,1", "-:1,9"), options)) {
            assertThat(checkpoint.tensors().map(TensorInfo::toString)).containsExactly("foo (DT_FLOAT) [5,10]");
            Tensor foo = checkpoint.tensor("foo");
            assertThat(foo.info().slices().stream().map(Object::toString)).containsExactly("-:0,1", "-:1,9");
            assertThat(foo.asByteBuffer()).isEqualTo(ByteBuffer.wrap(zerosAndOnes()));
            assertThat(foo.slice("-:0,2").toFloatArray()).containsExactly(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
            assertThat(foo.slice("-:2,2").toFloatArray()).isEqualTo(repeated(1, 10));
            assertThat(foo.slice("4,1:-").toFloatArray()).containsExactly(0, 1, 1, 1, 1, 1, 1, 1, 1, 1);
            assertThat(foo.slice("4,1:-")).hasToString("foo (DT_FLOAT) [5,10] 4,1:-");
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("PV-02: a slice of the whole tensor is stored as an ordinary tensor, and read in either notation")
    void fullSlicesInEitherSpelling(ReadOptions options) throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        bundle.tensor("no_extents", DataType.DT_FLOAT, FIVE_BY_TEN, zerosAndOnes());
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")), options)) {
            for (String slice : List.of("-:-", "0,5:0,10", "0,5:-", "", "5 10 -:-", "5 10 0,5:0,10")) {
                assertThat(checkpoint.tensor("no_extents").slice(slice).asByteBuffer())
                        .as(slice)
                        .isEqualTo(ByteBuffer.wrap(zerosAndOnes()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("PV-04: a slice of an unpartitioned tensor")
    void slicesOfAnUnpartitionedTensor(ReadOptions options) throws Exception {
        BundleBuilder bundle = new BundleBuilder().floats("v", new long[] {2, 3}, 0, 1, 2, 3, 4, 5);
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")), options)) {
            Tensor v = checkpoint.tensor("v");
            assertThat(v.slice("2 3 1,1:1,2").toFloatArray()).containsExactly(4, 5);
            assertThat(v.slice("2 3 1,1:1,2").shape()).hasToString("[1,2]");
            assertThat(v.slice("2 3 0,2:0,3").toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(v.slice("-:2,1").slice("1,1:-").toFloatArray()).containsExactly(5);
        }
    }

    @Test
    @DisplayName("PV-05: regions that are not covered by slices throw, others are read")
    void missingSlices() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(foo("-:0,1", "-:2,8"))) {
            Tensor foo = checkpoint.tensor("foo");
            assertThatThrownBy(foo::toFloatArray)
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining(
                            "Does not have sufficient slices for partitioned tensor foo to restore in slice_spec: -:-");
            assertThatThrownBy(() -> foo.slice("0,1:1,2").toFloatArray()).hasMessageContaining("slice_spec: 0,1:1,2");
            assertThat(foo.slice("-:2,3").toFloatArray()).isEqualTo(repeated(1, 15));
            assertThat(problems(checkpoint))
                    .singleElement()
                    .satisfies(problem -> assertThat(problem.kind()).isEqualTo(ProblemKind.SLICES));
        }
    }

    @Test
    @DisplayName("PV-06, SS-05: overlapping slices are listed, but reading throws")
    void overlappingSlices() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(foo("-:0,2", "-:1,9"))) {
            assertThat(checkpoint.tensors().map(TensorInfo::toString)).containsExactly("foo (DT_FLOAT) [5,10]");
            assertThatThrownBy(() -> checkpoint.tensor("foo").slice("-:0,1").toFloatArray())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("Overlapping slices: existing slice = -:0,2, new slice = -:1,9")
                    .hasMessageContaining("ckpt.index");
            assertThat(problems(checkpoint))
                    .singleElement()
                    .extracting(Problem::kind)
                    .isEqualTo(ProblemKind.SLICES);
        }
    }

    @Test
    @DisplayName("PV-07: the entry of a slice is missing")
    void missingEntryOfASlice() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        TensorSlice[] slices = {TensorSlice.parse("-:0,1"), TensorSlice.parse("-:1,9")};
        Slices.whole(bundle, "foo", DataType.DT_FLOAT, FIVE_BY_TEN, slices);
        bundle.tensor(Slices.key("foo", slices[0]), DataType.DT_FLOAT, new long[] {5, 1}, Slices.countingFloats(5));
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            assertThatThrownBy(() -> checkpoint.tensor("foo").toFloatArray())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("Key " + Slices.key("foo", slices[1]) + " not found in checkpoint");
            assertThat(checkpoint.tensor("foo").slice("-:0,1").toFloatArray()).containsExactly(0, 1, 2, 3, 4);
            assertThat(problems(checkpoint))
                    .singleElement()
                    .extracting(Problem::kind)
                    .isEqualTo(ProblemKind.SLICES);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("PV-08: slices of every dtype of fixed width are joined")
    void everyDtype(DataType dtype) throws Exception {
        if (!dtype.isFixedWidth()) {
            return;
        }
        byte[] value = new byte[12 * dtype.width()];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (i + 1);
        }
        BundleBuilder bundle = new BundleBuilder();
        Slices.tensor(bundle, "t", dtype, new long[] {3, 4}, value, "-:0,1", "0,1:1,3", "1,2:1,3");
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            Tensor tensor = checkpoint.tensor("t");
            assertThat(tensor.asByteBuffer()).isEqualTo(ByteBuffer.wrap(value));
            assertThat(problems(checkpoint)).isEmpty();
        }
    }

    @Test
    @DisplayName("PV-08: slices of strings are joined")
    void strings() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        Slices.whole(
                bundle,
                "s",
                DataType.DT_STRING,
                new long[] {2, 3},
                TensorSlice.parse("-:0,1"),
                TensorSlice.parse("-:1,2"));
        bundle.strings(Slices.key("s", "-:0,1"), new long[] {2, 1}, bytes("a"), bytes("ddd"));
        bundle.strings(Slices.key("s", "-:1,2"), new long[] {2, 2}, bytes("bb"), bytes(""), bytes("e"), bytes("ff"));
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            Tensor tensor = checkpoint.tensor("s");
            assertThat(tensor.toStringArray()).containsExactly("a", "bb", "", "ddd", "e", "ff");
            assertThat(tensor.slice("1,1:-").toStringArray()).containsExactly("ddd", "e", "ff");
            assertThat(tensor.slice("-:2,1").toStringArray()).containsExactly("", "ff");
            assertThat(tensor.slice("-:1,2").toStringArray()).containsExactly("bb", "", "e", "ff");
            assertThat(tensor.slice("1,1:1,2").asStringVector(1, 1).bytes(0)).isEqualTo(bytes("ff"));
            assertThatThrownBy(() -> tensor.slice("-:2,1").asStringVector(2, 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(problems(checkpoint)).isEmpty();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("PV-09: a list with one full extent, the data in the full entry; rank 0 with one empty slice")
    void fullExtentInTheFullEntry() throws Exception {
        BundleBuilder bundle = new BundleBuilder()
                .floats("scalar", 7)
                .floats("v", 1, 2, 3)
                .entry("scalar", e -> e.addSlicesBuilder())
                .entry("v", e -> e.addSlices(Slices.proto(TensorSlice.full(1))));
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            assertThat(checkpoint.tensor("scalar").toFloatArray()).containsExactly(7);
            assertThat(checkpoint.tensor("v").toFloatArray()).containsExactly(1, 2, 3);
            assertThat(checkpoint.tensor("v").slice("1,2").toFloatArray()).containsExactly(2, 3);
            assertThat(problems(checkpoint)).isEmpty();
        }
    }

    @Test
    @DisplayName("PV-10: a slice entry whose shape is not its extent's")
    void shapeOfASliceContradictsItsExtent() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        Slices.whole(
                bundle, "foo", DataType.DT_FLOAT, new long[] {2}, TensorSlice.parse("0,1"), TensorSlice.parse("1,1"));
        bundle.floats(Slices.key("foo", "0,1"), new long[] {1}, 1);
        bundle.floats(Slices.key("foo", "1,1"), new long[] {2}, 1, 2);
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            assertThatThrownBy(() -> checkpoint.tensor("foo").toFloatArray())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("expected DT_FLOAT [1], found DT_FLOAT [2]");
            assertThat(problems(checkpoint))
                    .singleElement()
                    .extracting(Problem::kind)
                    .isEqualTo(ProblemKind.SLICES);
        }
    }

    @Test
    @DisplayName("SS-01, SS-02, SS-03, SS-04: a region in one slice, in two, and one that is not covered")
    void regionsOfTheSlicesThatThereAre() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        Slices.tensor(
                bundle,
                "test",
                DataType.DT_FLOAT,
                new long[] {4, 5},
                Slices.countingFloats(20),
                "0,2:-",
                "2,2:0,3",
                "3,1:3,2");
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            Tensor test = checkpoint.tensor("test");
            assertThat(test.slice("0,2:-").toFloatArray()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            assertThat(test.slice("1,1:-").toFloatArray()).containsExactly(5, 6, 7, 8, 9);
            assertThat(test.slice("1,2:0,3").toFloatArray()).containsExactly(5, 6, 7, 10, 11, 12);
            assertThat(test.slice("4 5 3,1:2,2").toFloatArray()).containsExactly(17, 18);
            assertThatThrownBy(() -> test.slice("1,2:2,3").toFloatArray()).isInstanceOf(DataLossException.class);
        }
    }

    @Test
    @DisplayName("PV-11: saved in 10 by 1 slices, in two parts or whole, restored in any of these")
    void partitionedInEveryWay() throws Exception {
        byte[] value = Slices.countingFloats(30);
        long[] shape = {10, 3};
        List<List<String>> ways = List.of(
                List.of("0,10:0,3"),
                List.of("0,5:0,3", "5,5:0,3"),
                Stream.iterate(0, i -> i + 1).limit(10).map(i -> i + ",1:0,3").toList());
        for (List<String> saved : ways) {
            BundleBuilder bundle = new BundleBuilder();
            Slices.tensor(bundle, "my_var", DataType.DT_FLOAT, shape, value, saved.toArray(String[]::new));
            try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
                for (List<String> restored : ways) {
                    for (String slice : restored) {
                        assertThat(checkpoint
                                        .tensor("my_var")
                                        .slice("10 3 " + slice)
                                        .asByteBuffer())
                                .isEqualTo(ByteBuffer.wrap(Slices.cut(shape, 4, value, TensorSlice.parse(slice))));
                    }
                }
                assertThat(problems(checkpoint)).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("CR-07: a raw slice key finds the slice")
    void rawSliceKey() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(foo("-:0,1", "-:1,9"))) {
            assertThat(checkpoint.tensor(Slices.key("foo", "-:0,1")).toFloatArray())
                    .isEqualTo(repeated(0, 5));
        }
    }

    @Test
    @DisplayName("RS-03, RS-04: specs that do not fit")
    void specsThatDoNotFit() throws Exception {
        BundleBuilder bundle = new BundleBuilder().floats("v", 1);
        Slices.tensor(bundle, "foo", DataType.DT_FLOAT, FIVE_BY_TEN, zerosAndOnes(), "-:0,1", "-:1,9");
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            Tensor foo = checkpoint.tensor("foo");
            assertThatThrownBy(() -> checkpoint.tensor("v").slice("3 0,1"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("tensor_name = v; shape in shape_and_slice spec [3] does not match the shape stored in"
                            + " checkpoint: []");
            assertThatThrownBy(() -> foo.slice("5 11 -:0,2"))
                    .hasMessage("tensor_name = foo; shape in shape_and_slice spec [5,11] does not match the shape"
                            + " stored in checkpoint: [5,10]");
            for (String prefix : List.of("5 10 ", "")) {
                assertThatThrownBy(() -> foo.slice(prefix + "-:0,11"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("Extent in dimension 1 out of bounds: shape = [5,10], slice = -:0,11");
                assertThatThrownBy(() -> foo.slice(prefix + "5,1:-"))
                        .hasMessage("Extent in dimension 0 out of bounds: shape = [5,10], slice = 5,1:-");
            }
        }
    }

    @Test
    void aRegionReadsAndChecksThoseSlicesAloneThatItTouches() throws Exception {
        Path prefix = foo("0,2:-", "2,3:-");
        Path data = BundleBuilder.data(prefix, 0, 1);
        byte[] bytes = Files.readAllBytes(data);
        bytes[bytes.length - 1] ^= 1;
        Files.write(data, bytes);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Tensor foo = checkpoint.tensor("foo");
            assertThat(foo.slice("1,1:0,2").toFloatArray()).containsExactly(0, 1);
            assertThatThrownBy(() -> foo.slice("2,1:0,2").toFloatArray())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("Checksum does not match");
            assertThatThrownBy(foo::toFloatArray).isInstanceOf(DataLossException.class);
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix, ReadOptions.DEFAULT.withoutChecksums())) {
            assertThat(checkpoint.tensor("foo").slice("2,1:0,2").toFloatArray()).containsExactly(0, 1);
        }
    }

    @Test
    void rowsAndWholeSlicesAreViewsOfTheMappedFile() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        bundle.tensor("plain", DataType.DT_FLOAT, FIVE_BY_TEN, zerosAndOnes());
        Slices.tensor(bundle, "foo", DataType.DT_FLOAT, FIVE_BY_TEN, zerosAndOnes(), "0,2:-", "2,3:0,5", "2,3:5,5");
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            for (String view : List.of("-:-", "1,3:-", "4,1:3,5")) {
                assertThat(checkpoint.tensor("plain").slice(view).asByteBuffer().isDirect())
                        .as(view)
                        .isTrue();
            }
            for (String view : List.of("0,2:-", "1,1:-", "1,1:2,5", "2,3:0,5", "3,2:5,5")) {
                assertThat(checkpoint.tensor("foo").slice(view).asByteBuffer().isDirect())
                        .as(view)
                        .isTrue();
            }
            assertThat(checkpoint.tensor("foo").asByteBuffer().isDirect()).isFalse();
        }
    }

    @Test
    void sliceEntriesThatNobodyListsAreListedThemselvesAndReported() throws Exception {
        BundleBuilder bundle = new BundleBuilder().floats("v", 1, 2);
        bundle.floats(Slices.key("v", "0,1"), new long[] {1}, 1);
        bundle.floats(Slices.key("gone", "0,1"), new long[] {1}, 1);
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            assertThat(checkpoint.tensors().count()).isEqualTo(3);
            assertThat(problems(checkpoint))
                    .extracting(Problem::kind, Problem::message)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple(
                                    ProblemKind.SLICES, "slice 0,1 of tensor v, which does not list it"),
                            org.assertj.core.groups.Tuple.tuple(
                                    ProblemKind.SLICES, "slice 0,1 of tensor gone, which does not exist"));
        }
    }

    static Stream<TensorSlice> hostileSlices() {
        return Stream.of(
                slice(-1, 3),
                slice(0, -3),
                slice(1, -1),
                slice(3, 8),
                slice(Long.MAX_VALUE, 2),
                slice(2, Long.MAX_VALUE),
                slice(Long.MIN_VALUE, Long.MIN_VALUE),
                TensorSlice.full(0),
                TensorSlice.full(2));
    }

    private static TensorSlice slice(long start, long length) {
        return TensorSlice.ofExtents(new long[] {start}, new long[] {length});
    }

    @ParameterizedTest
    @MethodSource("hostileSlices")
    void slicesThatFitNoTensorAreRefused(TensorSlice hostile) throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        Slices.whole(bundle, "foo", DataType.DT_FLOAT, new long[] {10}, hostile, TensorSlice.parse("0,1"));
        bundle.floats(Slices.key("foo", "0,1"), new long[] {1}, 1);
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            assertThat(checkpoint.tensors().count()).isEqualTo(1);
            assertThatThrownBy(() -> checkpoint.tensor("foo").slice("0,1").toFloatArray())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageMatching(
                            "(?s)(Extent in dimension 0 out of bounds|Mismatching ranks): shape = \\[10\\].*");
            assertThat(problems(checkpoint)).extracting(Problem::kind).containsOnly(ProblemKind.SLICES);
        }
    }

    @Test
    void slicesThatShareBytesCannotMakeATensorLargerThanTheFiles() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        int parts = 1000;
        int each = 1 << 21;
        TensorSlice[] slices = new TensorSlice[parts];
        for (int i = 0; i < parts; i++) {
            slices[i] = slice((long) i * each, each);
        }
        Slices.whole(bundle, "bomb", DataType.DT_INT8, new long[] {(long) parts * each}, slices);
        byte[] value = new byte[each];
        bundle.tensor(Slices.key("bomb", slices[0]), DataType.DT_INT8, new long[] {each}, value);
        for (int i = 1; i < parts; i++) {
            bundle.tensor(Slices.key("bomb", slices[i]), DataType.DT_INT8, new long[] {each}, new byte[0])
                    .entry(Slices.key("bomb", slices[i]), e -> e.setOffset(0).setSize(each));
        }
        try (Checkpoint checkpoint =
                Checkpoint.open(bundle.write(directory.resolve("ckpt")), ReadOptions.DEFAULT.withoutChecksums())) {
            assertThatThrownBy(() -> checkpoint.tensor("bomb").asByteBuffer())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("share bytes");
        }
    }

    @Test
    void partsOfASliceThatTheFileDoesNotHaveAreRefusedBeforeAnythingIsAllocated() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        Slices.whole(
                bundle,
                "cut",
                DataType.DT_INT8,
                new long[] {1L << 40, 2},
                TensorSlice.parse("-:0,1"),
                TensorSlice.parse("-:1,1"));
        for (String part : List.of("-:0,1", "-:1,1")) {
            bundle.tensor(Slices.key("cut", part), DataType.DT_INT8, new long[] {1L << 40, 1}, new byte[10])
                    .entry(Slices.key("cut", part), e -> e.setSize(1L << 40));
        }
        try (Checkpoint checkpoint =
                Checkpoint.open(bundle.write(directory.resolve("ckpt")), ReadOptions.DEFAULT.withoutChecksums())) {
            assertThatThrownBy(() ->
                            checkpoint.tensor("cut").slice("0,1000000000:-").asByteBuffer())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("Read less bytes than requested");
        }
    }

    private static List<Problem> problems(Checkpoint checkpoint) throws Exception {
        List<Problem> problems = new ArrayList<>();
        checkpoint.verify(problems::add);
        return problems;
    }
}
