package org.tfckpt.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.tfckpt.testing.Checkpoints.damage;
import static org.tfckpt.testing.Checkpoints.names;
import static org.tfckpt.testing.Checkpoints.read;
import static org.tfckpt.testing.Values.hex;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.RawTable.RawBlock;

class CorruptionTest {
    @TempDir
    Path directory;

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("ckpt"));
    }

    private static BundleBuilder fourFloats() {
        return new BundleBuilder().floats("v", 1, 2, 3, 4);
    }

    private static Path data(Path prefix) {
        return BundleBuilder.data(prefix, 0, 1);
    }

    @Test
    @DisplayName("COR-01 any byte of the data inverted")
    void cor01_everyByte() throws IOException {
        byte[] right = fourFloats().data(0);
        Path prefix = write(fourFloats());
        for (int at = 0; at < right.length; at++) {
            byte[] wrong = right.clone();
            wrong[at] = (byte) ~wrong[at];
            Files.write(data(prefix), wrong);
            DataLossException damage = damage(prefix, "v", Tensor::toFloatArray);
            assertThat(damage.tensorFlowText())
                    .matches("TensorBundle at .*ckpt shard 0 \\(16 bytes\\): Checksum does not match: stored [0-9]{8,}"
                            + " vs\\. calculated on the restored bytes [0-9]+");
            assertThat(damage.kind()).isEqualTo(ProblemKind.TENSOR_CHECKSUM);
            assertThat(damage.context().tensor()).isEqualTo("v");
            assertThat(damage.context().file()).isEqualTo(data(prefix).toString());
        }
    }

    @Test
    @DisplayName("COR-02 the data file cut off at every byte")
    void cor02_truncated() throws IOException {
        Path prefix = write(fourFloats());
        for (int length = 0; length < 16; length++) {
            Files.write(data(prefix), Arrays.copyOf(fourFloats().data(0), length));
            DataLossException damage = damage(prefix, "v", Tensor::toFloatArray);
            assertThat(damage.tensorFlowText()).isEqualTo("Read less bytes than requested");
            assertThat(damage.kind()).isEqualTo(ProblemKind.TRUNCATED);
            assertThat(damage).hasMessageContaining("tensor 'v', expected 16 bytes, found a file of " + length);
        }
    }

    @Test
    @DisplayName("COR-03 the data file missing: opening and listing do not mind")
    void cor03_missing() throws IOException {
        Path prefix = write(fourFloats());
        Files.delete(data(prefix));
        assertThat(names(prefix)).containsExactly("v");
        DataLossException damage = damage(prefix, "v", Tensor::toFloatArray);
        assertThat(damage.tensorFlowText()).isEqualTo(data(prefix) + "; No such file or directory");
        assertThat(damage.kind()).isEqualTo(ProblemKind.MISSING_FILE);
    }

    @Test
    @DisplayName("COR-04 a size that shape and dtype contradict")
    void cor04_size() throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", 1).floats("w", 2).entry("v", entry -> entry.setSize(8)));
        DataLossException damage = damage(prefix, "v", Tensor::toFloatArray);
        assertThat(damage.tensorFlowText())
                .isEqualTo("Invalid size in bundle entry: key v; stored size 8; expected size 4");
        assertThat(damage.kind()).isEqualTo(ProblemKind.SIZE);
        assertThat(read(prefix, "w", Tensor::toFloatArray)).containsExactly(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -4, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 4 + (1L << 32)})
    @DisplayName("COR-04 any other size")
    void cor04_anySize(long size) throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", 1).entry("v", entry -> entry.setSize(size)));
        assertThat(damage(prefix, "v", Tensor::toFloatArray).kind()).isEqualTo(ProblemKind.SIZE);
    }

    @Test
    @DisplayName("COR-04 a shape and a size that agree on what no file holds")
    void cor04_hugeShape() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("v", 1)
                .entry(
                        "v",
                        entry -> entry.setShape(BundleBuilder.shape(1L << 40)).setSize(1L << 42)));
        assertThat(damage(prefix, "v", t -> t.byteSize()).kind()).isEqualTo(ProblemKind.TRUNCATED);
        prefix = write(new BundleBuilder()
                .floats("v", 1)
                .entry(
                        "v",
                        entry -> entry.setShape(BundleBuilder.shape(1L << 62)).setSize(0)));
        assertThat(damage(prefix, "v", Tensor::toFloatArray).tensorFlowText()).isEqualTo("more than 2^63 bytes");
    }

    @Test
    @DisplayName("COR-05 a wrong checksum; 0 does not mean unchecked")
    void cor05_checksum() throws IOException {
        for (int crc : new int[] {0, 1, MaskedCrc32c.mask(0), -1}) {
            Path prefix = write(fourFloats().entry("v", entry -> entry.setCrc32C(crc)));
            assertThat(damage(prefix, "v", Tensor::toFloatArray).kind()).isEqualTo(ProblemKind.TENSOR_CHECKSUM);
        }
        Path absent = write(fourFloats().entry("v", entry -> entry.clearCrc32C()));
        assertThat(damage(absent, "v", Tensor::toFloatArray).kind()).isEqualTo(ProblemKind.TENSOR_CHECKSUM);
    }

    @Test
    @DisplayName("COR-05 a tensor without elements has a checksum too")
    void cor05_emptyTensor() throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", new long[] {0}).entry("v", entry -> entry.setCrc32C(0)));
        assertThat(damage(prefix, "v", Tensor::toFloatArray).kind()).isEqualTo(ProblemKind.TENSOR_CHECKSUM);
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 15})
    @DisplayName("COR-06 an offset outside of the file")
    void cor06_offset(long offset) throws IOException {
        Path prefix = write(fourFloats().entry("v", entry -> entry.setOffset(offset)));
        DataLossException damage = damage(prefix, "v", Tensor::toFloatArray);
        assertThat(damage.tensorFlowText()).isEqualTo("Read less bytes than requested");
        assertThat(damage.kind()).isEqualTo(ProblemKind.TRUNCATED);
    }

    @Test
    @DisplayName("COR-07 a negative dimension is listed, and refused when read")
    void cor07_negativeDimension() throws IOException {
        Path prefix = write(fourFloats().entry("v", entry -> entry.setShape(BundleBuilder.shape(-1))));
        assertThat(read(prefix, "v", Tensor::toString)).isEqualTo("v (DT_FLOAT) [-1]");
        DataLossException damage = damage(prefix, "v", Tensor::toFloatArray);
        assertThat(damage.tensorFlowText()).isEqualTo("Invalid tensor shape: v dim { size: -1 }");
        assertThat(damage.kind()).isEqualTo(ProblemKind.SHAPE);
    }

    @Test
    @DisplayName("COR-07 more dimensions than a tensor has, more elements than can be counted")
    void cor07_otherShapes() throws IOException {
        long[] ones = new long[255];
        Arrays.fill(ones, 1);
        for (long[] shape : new long[][] {ones, {1L << 32, 1L << 32}, {0, -5}, {Long.MIN_VALUE}}) {
            Path prefix = write(fourFloats().entry("v", entry -> entry.setShape(BundleBuilder.shape(shape))));
            assertThat(names(prefix)).containsExactly("v");
            assertThat(damage(prefix, "v", Tensor::toFloatArray).kind()).isEqualTo(ProblemKind.SHAPE);
        }
    }

    @Test
    @DisplayName("COR-08 an entry that cannot be parsed")
    void cor08_unparseable() throws IOException {
        Path prefix = write(
                new BundleBuilder().floats("u", 1).record("v", hex("ffff")).floats("w", 2));
        DataLossException damage = damage(prefix, "v", Tensor::toFloatArray);
        assertThat(damage.tensorFlowText()).isEqualTo("Entry for key v not parseable.");
        assertThat(damage.kind()).isEqualTo(ProblemKind.ENTRY);
        assertThat(read(prefix, "w", Tensor::toFloatArray)).containsExactly(2);
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> names(prefix))
                .havingCause()
                .isInstanceOf(DataLossException.class)
                .withMessageContaining("Entry for key v not parseable.");
    }

    @ParameterizedTest
    @CsvSource({
        "99,unknown dtype enum (99),unknown dtype enum (99)",
        "101,DT_FLOAT_REF,float_ref",
        "0,DT_INVALID,INVALID",
        "20,DT_RESOURCE,resource",
        "-1,unknown dtype enum (-1),unknown dtype enum (-1)"
    })
    @DisplayName("COR-09 a dtype that no checkpoint has is listed, and refused when read")
    void cor09_dtype(int dtype, String enumName, String shortName) throws IOException {
        Path prefix = write(fourFloats().entry("v", entry -> entry.setDtypeValue(dtype)));
        assertThat(read(prefix, "v", Tensor::toString)).isEqualTo("v (" + enumName + ") [4]");
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Tensor tensor = checkpoint.tensor("v");
            assertThat(tensor.info().dtypeNumber()).isEqualTo(dtype);
            assertThatIllegalArgumentException()
                    .isThrownBy(tensor::toFloatArray)
                    .withMessageContaining(enumName);
            assertThatExceptionOfType(UnsupportedFormatException.class)
                    .isThrownBy(tensor::asByteBuffer)
                    .withMessageContaining("Dtype " + shortName + " not supported.");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "TBL-16,block checksum mismatch",
        "TBL-19,bad block type",
        "TBL-20,corrupted compressed block contents",
        "TBL-22,bad block contents",
        "TBL-23,bad entry in block"
    })
    @DisplayName("COR-10 the first data block damaged: the header cannot be read")
    void cor10_firstBlock(String how, String problem) throws IOException {
        Path prefix = write(fourFloats());
        if (how.equals("TBL-16")) {
            byte[] index = fourFloats().index();
            index[5] ^= 16;
            Files.write(prefix.resolveSibling("ckpt.index"), index);
        } else {
            UnaryOperator<RawBlock> change = switch (how) {
                case "TBL-19" -> block -> block.withType(2);
                case "TBL-20" -> block -> block.withType(1);
                case "TBL-22" -> block -> block.withStored(new byte[2]);
                default ->
                    block -> {
                        byte[] stored = block.stored().clone();
                        stored[1] = 127;
                        return block.withStored(stored);
                    };
            };
            write(fourFloats().table(table -> table.block(0, change)));
        }
        DataLossException damage = catchThrowableOfType(
                DataLossException.class, () -> Checkpoint.open(prefix).close());
        assertThat(damage.tensorFlowText())
                .isEqualTo(
                        "Unable to read file (" + prefix + ".index). Perhaps the file is corrupt or was produced by a"
                                + " newer version of TensorFlow with format changes (failed to seek to header entry): "
                                + problem);
    }

    @Test
    @DisplayName("COR-11 the second data block damaged: what is before it is listed, then the error is told")
    void cor11_secondBlock() throws IOException {
        BundleBuilder bundle = new BundleBuilder().layout(256, 16, false);
        for (int i = 0; i < 40; i++) {
            bundle.floats("t%02d".formatted(i), i);
        }
        Path prefix = write(bundle.table(table -> table.block(1, block -> block.withType(2))));

        List<String> listed = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(prefix);
                Stream<TensorInfo> tensors = checkpoint.tensors()) {
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> tensors.forEach(info -> listed.add(info.name())))
                    .havingCause()
                    .isInstanceOf(DataLossException.class)
                    .withMessageContaining("bad block type");
            assertThat(listed).isNotEmpty().first().isEqualTo("t00");
            assertThat(checkpoint.tensor("t39").toFloatArray()).containsExactly(39);
        }
    }
}
