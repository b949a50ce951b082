package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.testing.Checkpoints.bytes;
import static org.tfckpt.testing.Checkpoints.problems;
import static org.tfckpt.testing.Checkpoints.read;
import static org.tfckpt.testing.Values.hex;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Values;

class EndiannessTest {
    @TempDir
    Path directory;

    static Stream<DataType> types() {
        return Values.fixedWidthTypes();
    }

    private Path write(String name, BundleBuilder bundle) {
        return bundle.write(directory.resolve(name));
    }

    @ParameterizedTest
    @MethodSource("types")
    @DisplayName("BE-02 every dtype has the values of a little-endian file; BE-06 float8 and int4 too")
    void be02_be06_everyDtype(DataType type) throws IOException {
        byte[] value = Values.random(type.number(), 6 * type.width());
        byte[] swapped = Values.swapped(type, value);
        Path little = write("little", new BundleBuilder().tensor("v", type, new long[] {2, 3}, value));
        Path big = write("big", new BundleBuilder().bigEndian().tensor("v", type, new long[] {2, 3}, swapped));

        assertThat(bytes(big, "v")).isEqualTo(hex(swapped));
        assertThat(read(big, "v", Tensor::order)).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(read(big, "v", TensorDigest::sha256)).isEqualTo(read(little, "v", TensorDigest::sha256));
        assertThat(problems(big)).isEmpty();
        if (Elements.fitsFloat(type)) {
            assertThat(read(big, "v", Tensor::toFloatArray)).isEqualTo(read(little, "v", Tensor::toFloatArray));
        }
        if (Elements.isInteger(type)) {
            assertThat(read(big, "v", Tensor::toLongArray)).isEqualTo(read(little, "v", Tensor::toLongArray));
        }
    }

    @Test
    @DisplayName("BE-03 floats; the checksum covers the bytes in the file")
    void be03_floats() throws IOException {
        Path prefix = write("ckpt", new BundleBuilder().bigEndian().floats("v", new long[] {2, 3}, 1, 2, 3, 4, 5, 6));
        assertThat(hex(Files.readAllBytes(BundleBuilder.data(prefix, 0, 1)))).startsWith("3f80000040000000");
        assertThat(read(prefix, "v", Tensor::toFloatArray)).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(read(prefix, "v", Tensor::asFloatBuffer).get(1)).isEqualTo(2);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThat(checkpoint.byteOrder()).isEqualTo(ByteOrder.BIG_ENDIAN);
        }
    }

    @Test
    @DisplayName("BE-04 strings, whose lengths are hashed as big-endian numbers")
    void be04_strings() throws IOException {
        Path prefix = write("ckpt", new BundleBuilder().bigEndian().strings("v", "ab", "c".repeat(300)));
        assertThat(read(prefix, "v", Tensor::toStringArray)).containsExactly("ab", "c".repeat(300));
        assertThat(problems(prefix)).isEmpty();
    }

    @Test
    @DisplayName("BE-05 quantised integers")
    void be05_quantised() throws IOException {
        Path prefix = write(
                "ckpt",
                new BundleBuilder()
                        .bigEndian()
                        .tensor("qint8", DataType.DT_QINT8, new long[] {2}, hex("01fe"))
                        .tensor("qint32", DataType.DT_QINT32, new long[] {2}, hex("00000001fffffffe"))
                        .tensor("quint16", DataType.DT_QUINT16, new long[] {2}, hex("0001ff02")));
        assertThat(read(prefix, "qint8", Tensor::toIntArray)).containsExactly(1, -2);
        assertThat(read(prefix, "qint32", Tensor::toIntArray)).containsExactly(1, -2);
        assertThat(read(prefix, "quint16", Tensor::toIntArray)).containsExactly(1, 0xff02);
    }
}
