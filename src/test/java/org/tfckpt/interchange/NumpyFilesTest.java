package org.tfckpt.interchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;
import org.tfckpt.testing.ZipBuilder;

/** Files that NumPy wrote: values and every region of them. */
class NumpyFilesTest {
    private static final Path DIRECTORY = Corpus.root().resolve("interchange");

    @TempDir
    private Path temporary;

    static Stream<String> files() {
        List<String> files =
                List.copyOf(new TreeMap<>(Json.object(Corpus.json(DIRECTORY.resolve("arrays.json")))).keySet());
        assertThat(files).hasSizeGreaterThan(20);
        return files.stream();
    }

    private static List<Map<String, Object>> expected(String file) {
        return Json.list(
                Json.object(Corpus.json(DIRECTORY.resolve("arrays.json"))).get(file));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyArrayHasTheValuesThatNumpySaved(String file) throws IOException {
        for (ReadOptions options : List.of(
                ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutMapping(), ReadOptions.DEFAULT.withUnmapOnClose())) {
            try (Checkpoint checkpoint = Checkpoint.open(DIRECTORY.resolve(file), options)) {
                List<String> found = new ArrayList<>();
                for (TensorInfo info : checkpoint.tensors().toList()) {
                    found.add(info + " " + TensorDigest.sha256(checkpoint.tensor(info)));
                }
                assertThat(found)
                        .isEqualTo(expected(file).stream()
                                .map(NumpyFilesTest::text)
                                .toList());
                assertThat(checkpoint.format()).isEqualTo(file.substring(file.length() - 3));
                assertThat(checkpoint.hasChecksums()).isEqualTo(file.endsWith("npz"));
            }
        }
    }

    private static String text(Map<String, Object> array) {
        return array.get("name") + " (" + array.get("dtype") + ") "
                + array.get("shape").toString().replace(" ", "") + " " + array.get("sha256");
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileIsVerified(String file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(DIRECTORY.resolve(file))) {
            Checkpoint.Verification result =
                    checkpoint.verify(problem -> assertThat(problem).isNull());
            assertThat(result.tensors()).isEqualTo(expected(file).size());
        }
    }

    @ParameterizedTest
    @CsvSource({"little.npz", "big.npz", "fortran.npz", "compressed.npz", "compressed-fortran-big.npz", "strings.npz"})
    void everyRowIsThatOfTheWholeArray(String file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(DIRECTORY.resolve(file))) {
            for (TensorInfo info : checkpoint.tensors().toList()) {
                int rank = info.shape().rank();
                if (rank == 0 || info.shape().elements() == 0) {
                    continue;
                }
                List<Object> whole = elements(checkpoint.tensor(info));
                // The last two of the first axis; the first of the last axis.
                long rows = info.shape().dimension(0);
                long[] starts = new long[rank];
                long[] lengths = info.shape().toArray();
                starts[0] = Math.max(0, rows - 2);
                lengths[0] = Math.min(2, rows);
                TensorSlice last = TensorSlice.ofExtents(starts, lengths);
                int tail = (int) (whole.size() / rows * lengths[0]);
                assertThat(elements(checkpoint.tensor(info).slice(last)))
                        .isEqualTo(whole.subList(whole.size() - tail, whole.size()));
                long width = info.shape().dimension(rank - 1);
                lengths = info.shape().toArray();
                lengths[rank - 1] = 1;
                List<Object> column = new ArrayList<>();
                for (int i = 0; i < whole.size(); i += (int) width) {
                    column.add(whole.get(i));
                }
                assertThat(elements(checkpoint.tensor(info).slice(TensorSlice.ofExtents(new long[rank], lengths))))
                        .isEqualTo(column);
            }
        }
    }

    private static List<Object> elements(Tensor tensor) throws IOException {
        List<Object> elements = new ArrayList<>();
        if (tensor.dtype() == DataType.DT_STRING) {
            elements.addAll(List.of(tensor.toStringArray()));
            return elements;
        }
        ByteBuffer bytes = tensor.asByteBuffer();
        int width = tensor.dtype().width();
        for (int at = 0; at < bytes.limit(); at += width) {
            byte[] element = new byte[width];
            bytes.get(at, element);
            elements.add(new java.math.BigInteger(element));
        }
        return elements;
    }

    @Test
    void aStoredArrayIsAViewOfTheMappedFile() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(DIRECTORY.resolve("little.npz"))) {
            for (int i = 0; i < 40; i++) {
                checkpoint.tensor("v/f4/5").asByteBuffer();
            }
            ByteBuffer bytes = checkpoint.tensor("v/f4/2_3_5").asByteBuffer();
            assertThat(bytes.isDirect()).isTrue();
            assertThat(bytes.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        }
        try (Checkpoint checkpoint = Checkpoint.open(DIRECTORY.resolve("big.npz"))) {
            assertThat(checkpoint.tensor("v/f4/5").order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        }
    }

    @Test
    void largeCompressedArraysAreInflatedToATemporaryFileForRandomAccess() throws IOException {
        byte[] data = new byte[5 << 22];
        for (int i = 0; i < data.length; i += 4) {
            data[i] = (byte) (i >> 12);
            data[i + 1] = (byte) (i >> 20);
        }
        byte[] npy = ZipBuilder.npy("<i4", "(1024, 5120)", data);
        Path file = Files.write(
                temporary.resolve("large.npz"),
                new ZipBuilder().deflated("m.npy", npy).build());
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Tensor tensor = checkpoint.tensor("m");
            for (int row : new int[] {1023, 0, 512}) {
                ByteBuffer bytes = tensor.slice(row + ",1:-").asByteBuffer();
                assertThat(bytes).isEqualTo(ByteBuffer.wrap(data, row * 20480, 20480));
            }
            assertThat(TensorDigest.sha256(tensor.slice("-:0,2560"))).isNotEmpty();
        }
        try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(left.filter(path -> path.getFileName().toString().matches("tfckpt-.*\\.tmp")))
                    .isEmpty();
        }
    }

    @Test
    void arraysThatTensorFlowDoesNotHaveAreListedAndRefused() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(DIRECTORY.resolve("refused.npz"))) {
            assertThat(checkpoint.tensors().map(TensorInfo::toString))
                    .containsExactly(
                            "clong (clongdouble) [2]",
                            "delta (timedelta64) [2]",
                            "long (longdouble) [2]",
                            "object (object) [2]",
                            "ok (DT_FLOAT) [3,4]",
                            "raw (void) [2]",
                            "raw5 (void) [2]",
                            "record (structured) [2]",
                            "time (datetime64) [1]");
            assertThatThrownBy(() -> checkpoint.tensor("object").asByteBuffer())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("'|O'");
            assertThatThrownBy(() -> checkpoint.tensor("record").check())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("[('a', '<f4'), ('b', 'i1')]".replace("'i1'", "'|i1'"));
            assertThatThrownBy(() -> checkpoint.tensor("raw").asByteBuffer())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("--assume bfloat16");
            assertThatThrownBy(() -> checkpoint.tensor("raw5").asByteBuffer())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageNotContaining("bfloat16")
                    .hasMessageContaining("'|V5'");
            assertThat(checkpoint.verify(problem -> {}).isIntact()).isTrue();
        }
        try (Checkpoint checkpoint =
                Checkpoint.open(DIRECTORY.resolve("refused.npz"), ReadOptions.DEFAULT.assumingBfloat16())) {
            assertThat(checkpoint.tensor("raw").toFloatArray()).containsExactly(0, 0);
            assertThat(checkpoint.tensor("raw").dtype()).isEqualTo(DataType.DT_BFLOAT16);
        }
        try (Checkpoint checkpoint = Checkpoint.open(DIRECTORY.resolve("refused.npy"))) {
            assertThatThrownBy(() -> checkpoint.tensor("refused").asByteBuffer())
                    .hasMessageContaining("größe漢");
        }
    }

    @Test
    void arraysWithoutASizeAreRead() throws IOException {
        Path file = Files.write(
                temporary.resolve("a.npz"),
                new ZipBuilder()
                        .before(7)
                        .stored("empty.npy", ZipBuilder.npy("<f4", "(0, 3)", new byte[0]))
                        .deflated("none.npy", ZipBuilder.npy("<f4", "(0,)", new byte[0]))
                        .build());
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.tensor("empty").toFloatArray()).isEmpty();
            assertThat(checkpoint.tensor("none").toFloatArray()).isEmpty();
            assertThat(checkpoint.tensor("empty").shape()).isEqualTo(Shape.of(0, 3));
        }
    }

    @Test
    void aFileIsRecognisedByItsFirstBytes() throws IOException {
        Path npz = Files.copy(DIRECTORY.resolve("little.npz"), temporary.resolve("0badc0de"));
        Path npy = Files.copy(DIRECTORY.resolve("f4.npy"), temporary.resolve("array"));
        try (Checkpoint archive = Checkpoint.open(npz);
                Checkpoint array = Checkpoint.open(npy)) {
            assertThat(archive.format()).isEqualTo("npz");
            assertThat(array.tensors().map(TensorInfo::name)).containsExactly("array");
        }
    }
}
