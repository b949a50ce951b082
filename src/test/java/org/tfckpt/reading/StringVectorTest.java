package org.tfckpt.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.tfckpt.testing.Checkpoints.read;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Slices;
import org.tfckpt.testing.V1Builder;
import org.tfckpt.values.CheckpointDiff;
import org.tfckpt.values.TensorDifference;

@DisplayName("String tensors as one buffer and offsets")
class StringVectorTest {
    @TempDir
    Path directory;

    private static Path testdata(String path) {
        return Corpus.root().resolve(path);
    }

    private static List<String> list(StringVector strings) {
        return IntStream.range(0, strings.size()).mapToObj(strings::string).toList();
    }

    /** All parts, one after the other. */
    private static List<StringVector> parts(Tensor tensor) throws IOException {
        List<StringVector> parts = new ArrayList<>();
        long count = tensor.shape().elements();
        for (int at = 0; at < count; at += parts.get(parts.size() - 1).size()) {
            parts.add(tensor.stringPart(at));
        }
        return parts;
    }

    @Test
    void bytesAndOffsetsHaveTheLayoutOfArrow() throws IOException {
        Path prefix = new BundleBuilder().strings("v", "hello", "", "wörld", "").write(directory.resolve("ckpt"));
        StringVector strings = read(prefix, "v", Tensor::asStringVector);
        assertThat(UTF_8.decode(strings.data()).toString()).isEqualTo("hellowörld");
        assertThat(strings.offsets()).isEqualTo(IntBuffer.wrap(new int[] {0, 5, 5, 11, 11}));
        assertThat(strings.get(0)).isEqualTo(ByteBuffer.wrap("hello".getBytes(UTF_8)));
        assertThat(strings.bytes(2)).isEqualTo("wörld".getBytes(UTF_8));
        assertThat(strings.length(3)).isZero();
        assertThat(strings).hasToString("4 strings, 11 bytes");
        assertThat(strings.data().isReadOnly() && strings.offsets().isReadOnly())
                .isTrue();
        assertThat(strings.get(0).isReadOnly()).isTrue();
        for (int index : new int[] {-1, 4, Integer.MAX_VALUE}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> strings.length(index));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> strings.get(index));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> strings.bytes(index));
        }
    }

    @Test
    void someElementsAreAVectorOfTheirOwn() throws IOException {
        Path prefix = new BundleBuilder().strings("v", "a", "bc", "", "def").write(directory.resolve("ckpt"));
        StringVector some = read(prefix, "v", tensor -> tensor.asStringVector(1, 2));
        assertThat(list(some)).containsExactly("bc", "");
        assertThat(some.offsets()).isEqualTo(IntBuffer.wrap(new int[] {0, 2, 2}));
        assertThat(some.data().remaining()).isEqualTo(2);
        assertThat(read(prefix, "v", tensor -> tensor.asStringVector(4, 0)).size())
                .isZero();
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Tensor tensor = checkpoint.tensor("v");
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> tensor.asStringVector(3, 2));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> tensor.asStringVector(-1, 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> tensor.stringPart(4));
        }
    }

    @Test
    void noElementsAndScalars() throws IOException {
        Path prefix = new BundleBuilder()
                .strings("none", new long[] {0, 3})
                .strings("scalar", "abc")
                .write(directory.resolve("ckpt"));
        StringVector none = read(prefix, "none", Tensor::asStringVector);
        assertThat(none)
                .isEqualTo(StringVector.of(ByteBuffer.allocate(0), IntBuffer.allocate(1)))
                .hasToString("0 strings, 0 bytes");
        assertThat(list(read(prefix, "scalar", Tensor::asStringVector))).containsExactly("abc");
    }

    @Test
    void everyStringTensorOfTheCorpusHasTheSameElementsInEveryWay() throws IOException {
        int tensors = 0;
        for (Corpus.Expected expected : Corpus.checkpoints()) {
            List<String> names = expected.tensors().stream()
                    .filter(tensor -> "DT_STRING".equals(tensor.get("dtype")))
                    .filter(tensor -> tensor.containsKey("sha256") || tensor.containsKey("hex"))
                    .map(Corpus::name)
                    .toList();
            for (ReadOptions way : names.isEmpty() ? List.<ReadOptions>of() : Checkpoints.WAYS) {
                try (Checkpoint checkpoint = Checkpoint.open(expected.path(), way)) {
                    for (String name : names) {
                        assertSameInEveryWay(checkpoint.tensor(name));
                        tensors++;
                    }
                }
            }
        }
        assertThat(tensors).isGreaterThan(100);
    }

    private static void assertSameInEveryWay(Tensor tensor) throws IOException {
        StringVector whole = tensor.asStringVector();
        byte[][] arrays = tensor.toBytesArray();
        assertThat(whole.size()).isEqualTo(arrays.length);
        for (int i = 0; i < arrays.length; i++) {
            assertThat(whole.bytes(i)).as(tensor + " " + i).isEqualTo(arrays[i]);
        }
        assertThat(parts(tensor).stream().mapToInt(StringVector::size).sum()).isEqualTo(arrays.length);
    }

    @Test
    void stringsOfV1AreCopied() throws IOException {
        TensorProto.Builder values = TensorProto.newBuilder();
        List.of("one", "", "three").forEach(string -> values.addStringVal(ByteString.copyFromUtf8(string)));
        Path file = new V1Builder()
                .tensor("v", DataType.DT_STRING, new long[] {3}, values)
                .write(directory.resolve("v1"));
        StringVector strings = read(file, "v", Tensor::asStringVector);
        assertThat(list(strings)).containsExactly("one", "", "three");
        assertThat(strings.data().remaining()).isEqualTo(8);
    }

    @Test
    void stringsOfNumpyLoseTheirPadding() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(testdata("interchange/strings.npz"))) {
            int tensors = 0;
            for (TensorInfo info : checkpoint.tensors().toList()) {
                if (info.dtype() == DataType.DT_STRING) {
                    assertSameInEveryWay(checkpoint.tensor(info));
                    tensors++;
                }
            }
            assertThat(tensors).isPositive();
        }
    }

    @Test
    void regionsOfPartitionedTensors() throws IOException {
        String[][] values = new String[6][4];
        for (int row = 0; row < 6; row++) {
            for (int column = 0; column < 4; column++) {
                values[row][column] = (row + "," + column + ";").repeat(row * column % 5);
            }
        }
        long[] shape = {6, 4};
        TensorSlice[] slices = {TensorSlice.parse("0,2:-"), TensorSlice.parse("2,4:0,1"), TensorSlice.parse("2,4:1,3")};
        BundleBuilder bundle = new BundleBuilder();
        Slices.whole(bundle, "v", DataType.DT_STRING, shape, slices);
        for (TensorSlice slice : slices) {
            bundle.strings(
                    Slices.key("v", slice),
                    slice.of(Shape.of(shape)).toArray(),
                    within(values, slice.spelledOut(Shape.of(shape))).stream()
                            .map(string -> string.getBytes(UTF_8))
                            .toArray(byte[][]::new));
        }
        Path prefix = bundle.write(directory.resolve("ckpt"));
        for (String region : new String[] {"-:-", "0,2:-", "1,1:-", "1,3:1,2", "2,4:0,1", "3,2:1,3", "5,1:3,1"}) {
            TensorSlice slice = TensorSlice.parse(region);
            List<String> wanted = within(values, slice.spelledOut(Shape.of(shape)));
            assertThat(list(read(prefix, "v", tensor -> tensor.slice(slice).asStringVector())))
                    .as(region)
                    .isEqualTo(wanted);
            assertThat(list(read(prefix, "v", tensor -> tensor.slice(slice).asStringVector(wanted.size() - 1, 1))))
                    .containsExactly(wanted.get(wanted.size() - 1));
        }
    }

    private static List<String> within(String[][] values, TensorSlice region) {
        List<String> within = new ArrayList<>();
        for (long row = region.start(0); row < region.start(0) + region.length(0); row++) {
            for (long column = region.start(1); column < region.start(1) + region.length(1); column++) {
                within.add(values[(int) row][(int) column]);
            }
        }
        return within;
    }

    @Test
    void partsAreAtMostAMebibyteUnlessOneElementIsLarger() throws Exception {
        byte[][] elements = new byte[3000][];
        Random random = new Random(5);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < elements.length; i++) {
            elements[i] = new byte[i == 1000 ? 3 << 20 : random.nextInt(2000)];
            random.nextBytes(elements[i]);
            digest.update(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, elements[i].length));
            digest.update(elements[i]);
        }
        Path prefix =
                new BundleBuilder().strings("v", new long[] {3, 1000}, elements).write(directory.resolve("ckpt"));
        List<StringVector> parts = read(prefix, "v", StringVectorTest::parts);
        assertThat(parts).hasSize(4).allMatch(part -> part.byteSize() <= 1 << 20 || part.size() == 1);
        assertThat(parts.stream().mapToInt(StringVector::size).sum()).isEqualTo(3000);
        assertThat(read(prefix, "v", TensorDigest::sha256))
                .isEqualTo(HexFormat.of().formatHex(digest.digest()));

        // The parts of the second tensor begin at other elements.
        elements[0] = new byte[1 << 19];
        elements[2000] = new byte[0];
        elements[2999] = new byte[] {1, 2, 3};
        Path other =
                new BundleBuilder().strings("v", new long[] {3, 1000}, elements).write(directory.resolve("other"));
        try (Checkpoint a = Checkpoint.open(prefix);
                Checkpoint b = Checkpoint.open(other)) {
            TensorDifference difference =
                    CheckpointDiff.DEFAULT.compare(a, b).values().get(0);
            assertThat(difference.different()).hasValue(3);
            assertThat(difference.at()).hasValue(List.of(0L, 0L));
        }
    }

    @Test
    void aVectorIsWrittenLikeTheStringsOfAList() throws IOException {
        try (Checkpoint strings = Checkpoint.open(testdata("golden/tf218-v2-strings/ckpt"))) {
            Path vectors = directory.resolve("vectors");
            Path lists = directory.resolve("lists");
            try (CheckpointWriter fromVectors = CheckpointWriter.open(vectors);
                    CheckpointWriter fromLists = CheckpointWriter.open(lists)) {
                for (TensorInfo info : strings.tensors().toList()) {
                    Tensor tensor = strings.tensor(info);
                    fromVectors.add(info.name(), info.shape(), org.tfckpt.ValueSource.of(tensor.asStringVector()));
                    fromLists.add(
                            info.name(),
                            info.shape(),
                            org.tfckpt.ValueSource.ofStrings(List.of(tensor.toBytesArray())));
                }
                fromVectors.finish();
                fromLists.finish();
            }
            assertThat(BundleBuilder.data(vectors, 0, 1)).hasSameBinaryContentAs(BundleBuilder.data(lists, 0, 1));
        }
    }

    @Test
    void vectorsFromBuffersOfArrow() {
        ByteBuffer data = ByteBuffer.wrap("xabcdefy".getBytes(UTF_8), 1, 6);
        StringVector some = StringVector.of(data, IntBuffer.wrap(new int[] {9, 1, 3, 3, 6}, 1, 4));
        assertThat(list(some)).containsExactly("bc", "", "def");
        assertThat(some.offsets()).isEqualTo(IntBuffer.wrap(new int[] {0, 2, 2, 5}));
        for (int[] invalid : new int[][] {{}, {-1, 3}, {0, 7}, {3, 2}, {0, 5, 4, 6}}) {
            assertThatIllegalArgumentException().isThrownBy(() -> StringVector.of(data, IntBuffer.wrap(invalid)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void vectorsStayValidAfterClose(boolean mapped) throws IOException {
        Path prefix =
                new BundleBuilder().strings("v", "x".repeat(100_000), "end").write(directory.resolve("ckpt"));
        StringVector strings;
        Tensor tensor;
        try (Checkpoint checkpoint =
                Checkpoint.open(prefix, mapped ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping())) {
            tensor = checkpoint.tensor("v");
            strings = tensor.asStringVector();
        }
        assertThat(strings.string(1)).isEqualTo("end");
        assertThatIllegalStateException().isThrownBy(tensor::asStringVector);
        assertThatIllegalStateException().isThrownBy(() -> tensor.stringPart(0));
        assertThatIllegalStateException().isThrownBy(tensor::toStringArray);
    }

    @Test
    void vectorsOfAMappingThrowAfterCloseIfItIsUnmapped() throws IOException {
        assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(22);
        Path prefix =
                new BundleBuilder().strings("v", "x".repeat(100_000), "end").write(directory.resolve("ckpt"));
        StringVector strings;
        try (Checkpoint checkpoint = Checkpoint.open(prefix, ReadOptions.DEFAULT.withUnmapOnClose())) {
            strings = checkpoint.tensor("v").asStringVector();
            assertThat(strings.string(1)).isEqualTo("end");
        }
        assertThatIllegalStateException().isThrownBy(() -> strings.string(1));
        assertThat(strings.length(1)).isEqualTo(3);
    }

    @Test
    void manyThreadsReadOneTensor() throws IOException {
        String[] values =
                IntStream.range(0, 20_000).mapToObj(i -> "value " + i * i).toArray(String[]::new);
        Path prefix = directory.resolve("ckpt");
        try (CheckpointWriter writer = CheckpointWriter.open(prefix)) {
            writer.add("v", Shape.of(20_000), org.tfckpt.ValueSource.of(values));
            writer.finish();
        }
        for (ReadOptions way : Checkpoints.WAYS) {
            try (Checkpoint checkpoint = Checkpoint.open(prefix, way)) {
                Tensor tensor = checkpoint.tensor("v");
                assertThat(IntStream.range(0, 200).parallel().allMatch(i -> {
                            try {
                                return tensor.asStringVector(i * 100, 100)
                                                .string(i % 100)
                                                .equals(values[i * 100 + i % 100])
                                        && tensor.asStringVector()
                                                .string(i * 100)
                                                .equals(values[i * 100]);
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        }))
                        .isTrue();
            }
        }
    }

    @Test
    @DisplayName("more than 2 GiB are read in parts; a single string of more than 2 GiB is rejected")
    void moreThanABufferHolds() throws IOException {
        Path prefix = sparse(1L << 30, 3, 1L << 30, 0, (1L << 31) + 5, 4);
        ReadOptions unchecked = ReadOptions.DEFAULT.withoutChecksums();
        try (Checkpoint checkpoint = Checkpoint.open(prefix, unchecked)) {
            Tensor tensor = checkpoint.tensor("v");
            assertThat(tensor.stringPart(0).length(0)).isEqualTo(1 << 30);
            assertThat(list(tensor.asStringVector(1, 1))).containsExactly("\0\0\0");
            StringVector two = tensor.asStringVector(2, 2);
            assertThat(two.offsets()).isEqualTo(IntBuffer.wrap(new int[] {0, 1 << 30, 1 << 30}));
            assertThat(list(tensor.asStringVector(5, 1))).containsExactly("\0\0\0z");
            assertThat(list(tensor.slice("5,1").asStringVector())).containsExactly("\0\0\0z");
            assertThatIllegalStateException()
                    .isThrownBy(tensor::asStringVector)
                    .withMessage("tensor 'v' has more bytes than a buffer can hold; use stringPart");
            assertThatExceptionOfType(UnsupportedFormatException.class)
                    .isThrownBy(() -> tensor.stringPart(4))
                    .withMessageContaining("a string of 2147483653 bytes does not fit a buffer");
        }
    }

    /** Writes strings of NULs to a sparse file, with a valid checksum of their lengths; the last byte is a z. */
    private Path sparse(long... lengths) throws IOException {
        ByteBuffer varints = ByteBuffer.allocate(10 * lengths.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer hashed = ByteBuffer.allocate(8 * lengths.length).order(ByteOrder.LITTLE_ENDIAN);
        long total = 0;
        for (long length : lengths) {
            Varint.write64(varints, length);
            hashed.putInt((int) length);
            total += length;
        }
        varints.putInt(MaskedCrc32c.mask(MaskedCrc32c.of(hashed.flip()))).flip();
        long size = varints.remaining() + total;
        Path prefix = new BundleBuilder()
                .tensor("v", DataType.DT_STRING, new long[] {lengths.length}, new byte[0])
                .entry("v", entry -> entry.setSize(size))
                .write(directory.resolve("ckpt"));
        Path data = BundleBuilder.data(prefix, 0, 1);
        Files.delete(data);
        try (FileChannel channel = FileChannel.open(
                data, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(varints);
            channel.write(ByteBuffer.wrap(new byte[] {'z'}), size - 1);
        }
        return prefix;
    }
}
