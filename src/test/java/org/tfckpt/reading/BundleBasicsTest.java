package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.tfckpt.testing.Checkpoints.bytes;
import static org.tfckpt.testing.Checkpoints.damage;
import static org.tfckpt.testing.Checkpoints.names;
import static org.tfckpt.testing.Checkpoints.problems;
import static org.tfckpt.testing.Checkpoints.read;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorNotFoundException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Values;

class BundleBasicsTest {
    @TempDir
    Path directory;

    static Stream<DataType> types() {
        return Values.fixedWidthTypes();
    }

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("ckpt"));
    }

    @ParameterizedTest
    @MethodSource("types")
    @DisplayName("BN-01 four tensors of every dtype, listed in the order of their names")
    void bn01_basic(DataType type) throws IOException {
        BundleBuilder bundle = new BundleBuilder();
        for (String name : List.of("foo_003", "foo_000", "foo_002", "foo_001")) {
            bundle.tensor(name, type, new long[] {2, 3}, Values.random(name.hashCode(), 6 * type.width()));
        }
        Path prefix = write(bundle);

        try (Checkpoint checkpoint = Checkpoint.open(prefix);
                Stream<TensorInfo> tensors = checkpoint.tensors()) {
            assertThat(tensors)
                    .hasSize(4)
                    .allSatisfy(info -> {
                        assertThat(info.dtype()).isEqualTo(type);
                        assertThat(info.shape()).isEqualTo(Shape.of(2, 3));
                    })
                    .extracting(TensorInfo::name)
                    .containsExactly("foo_000", "foo_001", "foo_002", "foo_003");
            assertThat(checkpoint.find("foo_001")).isPresent();
            assertThat(checkpoint.find("foo_004")).isEmpty();
        }
        for (String name : names(prefix)) {
            assertThat(bytes(prefix, name)).isEqualTo(Values.hex(Values.random(name.hashCode(), 6 * type.width())));
        }
        assertThat(problems(prefix)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("types")
    @DisplayName("BN-02 scalars, and tensors without elements")
    void bn02_nonStandardShapes(DataType type) throws IOException {
        byte[] scalar = Values.random(2, type.width());
        Path prefix = write(new BundleBuilder()
                .tensor("scalar", type, new long[0], scalar)
                .tensor("non_standard0", type, new long[] {0, 1618}, new byte[0])
                .tensor("non_standard1", type, new long[] {16, 0, 18}, new byte[0]));

        assertThat(read(prefix, "scalar", Tensor::shape)).isEqualTo(Shape.of());
        assertThat(bytes(prefix, "scalar")).isEqualTo(Values.hex(scalar));
        assertThat(read(prefix, "non_standard0", Tensor::shape)).isEqualTo(Shape.of(0, 1618));
        assertThat(bytes(prefix, "non_standard0")).isEmpty();
        assertThat(read(prefix, "non_standard1", Tensor::shape)).isEqualTo(Shape.of(16, 0, 18));
        assertThat(bytes(prefix, "non_standard1")).isEmpty();
        assertThat(problems(prefix)).isEmpty();
    }

    @Test
    @DisplayName("BN-03 tensors aligned to 42 bytes")
    void bn03_alignment() throws IOException {
        BundleBuilder bundle = new BundleBuilder().align(42);
        for (int i = 0; i < 4; i++) {
            bundle.floats("foo_00" + i, new long[] {2, 3}, i, i, i, i, i, i);
        }
        assertThat(bundle.data(0).length % 42).isZero();
        Path prefix = write(bundle);

        for (int i = 0; i < 4; i++) {
            float[] expected = new float[6];
            Arrays.fill(expected, i);
            assertThat(read(prefix, "foo_00" + i, Tensor::toFloatArray)).isEqualTo(expected);
            long offset = read(prefix, "foo_00" + i, t -> t.info().storage().offset());
            assertThat(offset % 42).isZero();
        }
        assertThat(problems(prefix)).isEmpty();
    }

    @Test
    @DisplayName("BN-05 a prefix that does not exist")
    void bn05_noSuchPrefix() throws IOException {
        Path nothing = directory.resolve("nothing");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.open(nothing))
                .withMessageContaining("Failed to find any matching files for " + nothing);
        Path prefix = write(new BundleBuilder().floats("weights", 1));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            TensorNotFoundException missing =
                    catchThrowableOfType(TensorNotFoundException.class, () -> checkpoint.tensor("weight"));
            assertThat(missing)
                    .hasMessageStartingWith(
                            "no tensor named 'weight' (TensorFlow: \"Key weight not found in checkpoint\")");
            assertThat(missing.nearest()).containsExactly("weights");
        }
    }

    @Test
    @DisplayName("BN-06 the data is in the order of addition, the index in that of the keys")
    void bn06_orders() throws IOException {
        Path prefix = write(new BundleBuilder().floats("b", 1).floats("c", 2).floats("a", 3));
        try (Checkpoint checkpoint = Checkpoint.open(prefix);
                Stream<TensorInfo> tensors = checkpoint.tensors()) {
            assertThat(tensors.map(info -> info.name() + info.storage().offset()))
                    .containsExactly("a8", "b0", "c4");
        }
        assertThat(read(prefix, "a", Tensor::toFloatArray)).containsExactly(3);
    }

    @Test
    @DisplayName("BN-07 one shard of three is enough for its own tensors")
    void bn07_shardsThatNobodyNeeds() throws IOException {
        Path prefix = write(new BundleBuilder().shard(2).floats("v", 7));
        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("ckpt.index", "ckpt.data-00002-of-00003");
        assertThat(read(prefix, "v", Tensor::toFloatArray)).containsExactly(7);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThat(checkpoint.shardCount()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("BN-08 a shard number above the header's count is read, and verification complains")
    void bn08_shardBeyondTheCount() throws IOException {
        Path prefix = write(new BundleBuilder().shard(7).floats("v", 7).header(header -> header.setNumShards(3)));
        assertThat(read(prefix, "v", Tensor::toFloatArray)).containsExactly(7);
        assertThat(problems(prefix))
                .containsExactly("shard v the entry names shard 7, the header states a shard count of 3");
    }

    @Test
    @DisplayName("BN-08 a negative shard number")
    void bn08_negativeShard() throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", 7).entry("v", entry -> entry.setShardId(-1)));
        assertThat(damage(prefix, "v", Tensor::toFloatArray).kind()).isEqualTo(ProblemKind.SHARD);
    }

    @Test
    @DisplayName("BN-09 other bytes before the tensor's")
    void bn09_offset() throws IOException {
        Path prefix = write(new BundleBuilder().filler(new byte[42]).floats("v", 7));
        assertThat(read(prefix, "v", Tensor::toFloatArray)).containsExactly(7);
    }

    @Test
    @DisplayName("BN-10 unknown fields, and bytes behind the tensor")
    void bn10_unknownFields() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("v", 7)
                .filler(new byte[10])
                .header(header -> header.setUnknownFields(BundleBuilder.unknownFields()))
                .entry("v", entry -> entry.setUnknownFields(BundleBuilder.unknownFields())));
        assertThat(read(prefix, "v", Tensor::toFloatArray)).containsExactly(7);
    }

    @Test
    @DisplayName("BN-11 a shape of unknown rank is a scalar's")
    void bn11_unknownRank() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("v", 7)
                .entry("v", entry -> entry.getShapeBuilder().setUnknownRank(true)));
        assertThat(read(prefix, "v", Tensor::shape)).isEqualTo(Shape.of());
        assertThat(read(prefix, "v", Tensor::toFloatArray)).containsExactly(7);
    }

    @Test
    @DisplayName("BN-12 a bundle without tensors")
    void bn12_empty() throws IOException {
        Path prefix = write(new BundleBuilder());
        assertThat(names(prefix)).isEmpty();
        assertThat(problems(prefix)).isEmpty();
    }

    @Test
    @DisplayName("BN-13 tensors around and above TensorFlow's buffer sizes")
    void bn13_largeTensors() throws IOException {
        BundleBuilder bundle = new BundleBuilder();
        int[] sizes = {(1 << 20) - 1, 1 << 20, (1 << 20) + 1, (1 << 18) + 1, (3 << 20) + 7};
        for (int size : sizes) {
            bundle.tensor("t" + size, DataType.DT_UINT8, new long[] {size}, Values.random(size, size));
        }
        Path prefix = write(bundle);
        for (int size : sizes) {
            assertThat(bytes(prefix, "t" + size)).isEqualTo(Values.hex(Values.random(size, size)));
        }
    }

    @Test
    @DisplayName("BN-14 9001 keys in two blocks, and a key of 600,001 bytes")
    void bn14_manyAndLongKeys() throws IOException {
        BundleBuilder bundle = new BundleBuilder();
        for (int i = 0; i < 9001; i++) {
            bundle.floats("scope_name_%04d/layer_%05d/kernel".formatted(i, (i * 7919) % 9001), i);
        }
        String longName = "b" + "q".repeat(600_000);
        bundle.floats(longName, -1);
        Path prefix = write(bundle);

        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            List<TensorInfo> all = checkpoint.tensors().toList();
            assertThat(all).hasSize(9002);
            assertThat(all.get(0).name()).isEqualTo(longName);
            for (int i = 0; i < 9001; i += 13) {
                String name = "scope_name_%04d/layer_%05d/kernel".formatted(i, (i * 7919) % 9001);
                assertThat(checkpoint.tensor(name).toFloatArray()).containsExactly(i);
            }
            assertThat(checkpoint.tensor(longName).toFloatArray()).containsExactly(-1);
            assertThat(checkpoint.find(longName + "q")).isEmpty();
        }
    }

    @Test
    void namesAreAnyBytesInTheirUnsignedOrder() throws IOException {
        List<String> inOrder = List.of("\0\0", "Z", "a", "é", "\uFFFD", "😀/𝄞", "\uDC80", "\uDCFE\uDCFF", "\uDCFF");
        BundleBuilder bundle = new BundleBuilder();
        for (int i = inOrder.size() - 1; i >= 0; i--) {
            bundle.floats(inOrder.get(i), i);
        }
        Path prefix = write(bundle);

        assertThat(names(prefix)).containsExactlyInAnyOrderElementsOf(inOrder);
        assertThat(names(prefix)).isSortedAccordingTo(TensorNames.ORDER);
        for (int i = 0; i < inOrder.size(); i++) {
            assertThat(read(prefix, inOrder.get(i), Tensor::toFloatArray)).containsExactly(i);
        }
        assertThat(problems(prefix)).isEmpty();
    }
}
