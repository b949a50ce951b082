package org.tfckpt.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.testing.Checkpoints.damage;
import static org.tfckpt.testing.Checkpoints.names;
import static org.tfckpt.testing.Checkpoints.problems;
import static org.tfckpt.testing.Checkpoints.read;
import static org.tfckpt.testing.Values.hex;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.testing.BundleBuilder;

class StringTensorTest {
    private static final String HELLO_WORLD = "0505b56f994f68656c6c6f776f726c64";

    @TempDir
    Path directory;

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("ckpt"));
    }

    private static BundleBuilder helloWorld() {
        return new BundleBuilder().strings("v", "hello", "world");
    }

    /** Reads the tensor from changed bytes of the data file. */
    private Path changed(BundleBuilder bundle, byte[] data) throws IOException {
        Path prefix = write(bundle);
        Files.write(BundleBuilder.data(prefix, 0, 1), data);
        return prefix;
    }

    @Test
    @DisplayName("STR-01 strings of many lengths, one of 32 MiB")
    void str01_strings() throws IOException {
        byte[] large = new byte[1 << 25];
        Arrays.fill(large, (byte) 'c');
        Path prefix = write(new BundleBuilder()
                .strings("string_tensor", new long[] {1}, new byte[0])
                .strings("scalar", "hello")
                .strings("strs", new long[] {4}, "hello".getBytes(UTF_8), new byte[0], "x01".getBytes(UTF_8), large)
                .floats("floats", new long[] {2, 3}, 16.18f, 16.18f, 16.18f, 16.18f, 16.18f, 16.18f));

        assertThat(names(prefix)).containsExactly("floats", "scalar", "string_tensor", "strs");
        assertThat(read(prefix, "string_tensor", Tensor::toStringArray)).containsExactly("");
        assertThat(read(prefix, "scalar", Tensor::toStringArray)).containsExactly("hello");
        assertThat(read(prefix, "floats", Tensor::toFloatArray)).hasSize(6).containsOnly(16.18f);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Tensor strs = checkpoint.tensor("strs");
            assertThat(strs.asStringVector().size()).isEqualTo(4);
            assertThat(strs.asStringVector(0, 1).bytes(0)).isEqualTo("hello".getBytes(UTF_8));
            assertThat(strs.asStringVector(1, 1).bytes(0)).isEmpty();
            assertThat(strs.asStringVector(2, 1).bytes(0)).isEqualTo("x01".getBytes(UTF_8));
            assertThat(Arrays.equals(strs.asStringVector(3, 1).bytes(0), large)).isTrue();
        }
        assertThat(problems(prefix)).isEmpty();
    }

    @Test
    @DisplayName("STR-03 lengths as varint32, as in early versions: the same bytes")
    void str03_oldFormat() throws IOException {
        // Early versions hashed uint32s: this is the checksum of 5, 0, 3 and 1024.
        ByteBuffer lengths = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        lengths.putInt(5).putInt(0).putInt(3).putInt(1024).flip();
        ByteBuffer data = ByteBuffer.allocate(5 + 4 + 5 + 3 + 1024).order(ByteOrder.LITTLE_ENDIAN);
        data.put(hex("0500038008")).putInt(MaskedCrc32c.mask(MaskedCrc32c.of(lengths)));
        data.put("hellox01".getBytes(UTF_8)).put("c".repeat(1024).getBytes(UTF_8));
        BundleBuilder bundle = new BundleBuilder().strings("strs", "hello", "", "x01", "c".repeat(1024));

        assertThat(bundle.data(0)).isEqualTo(data.array());
        assertThat(read(write(bundle), "strs", Tensor::toStringArray))
                .containsExactly("hello", "", "x01", "c".repeat(1024));
    }

    @Test
    @DisplayName("STR-04 the bytes of hello, world")
    void str04_helloWorld() throws IOException {
        Path prefix =
                changed(helloWorld().entry("v", entry -> entry.setSize(16).setCrc32C(0x07d64c1b)), hex(HELLO_WORLD));
        assertThat(read(prefix, "v", Tensor::toStringArray)).containsExactly("hello", "world");
        assertThat(helloWorld().data(0)).isEqualTo(hex(HELLO_WORLD));
    }

    @Test
    @DisplayName("STR-05 the bytes of no string")
    void str05_empty() throws IOException {
        Path prefix = changed(
                new BundleBuilder()
                        .strings("v", new long[] {0})
                        .entry("v", entry -> entry.setSize(4).setCrc32C(0x640cc1f6)),
                hex("d8ea82a2"));
        assertThat(read(prefix, "v", Tensor::toBytesArray)).isEmpty();
        assertThat(problems(prefix)).isEmpty();
    }

    @Test
    @DisplayName("STR-06 the bytes of the scalar abc")
    void str06_scalar() throws IOException {
        Path prefix = changed(
                new BundleBuilder()
                        .strings("v", "abc")
                        .entry("v", entry -> entry.setSize(8).setCrc32C(0x199ad1c3)),
                hex("03633f7f28616263"));
        assertThat(read(prefix, "v", Tensor::toStringArray)).containsExactly("abc");
    }

    @ParameterizedTest
    @CsvSource({"0,6", "1,6", "2,180", "5,206"})
    @DisplayName("STR-07 a length, or the checksum of the lengths, changed")
    void str07_lengthChanged(int at, int value) throws IOException {
        byte[] data = hex(HELLO_WORLD);
        data[at] = (byte) value;
        DataLossException damage = damage(changed(helloWorld(), data), "v", Tensor::toBytesArray);
        assertThat(damage.kind()).isEqualTo(ProblemKind.STRING_LENGTHS);
        assertThat(damage.tensorFlowText())
                .matches("The length checksum does not match: expected [0-9]{8,} but actual is [0-9]{8,}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @DisplayName("STR-07 a length inverted: it runs past the file, or disagrees with its checksum")
    void str07_lengthInverted(int at) throws IOException {
        byte[] data = hex(HELLO_WORLD);
        data[at] = (byte) ~data[at];
        DataLossException damage = damage(changed(helloWorld(), data), "v", Tensor::toBytesArray);
        assertThat(damage.kind()).isEqualTo(ProblemKind.STRING_LENGTHS);
    }

    @Test
    @DisplayName("STR-08 the last byte changed")
    void str08_dataChanged() throws IOException {
        byte[] data = hex(HELLO_WORLD);
        data[15] ^= 1;
        DataLossException damage = damage(changed(helloWorld(), data), "v", Tensor::toBytesArray);
        assertThat(damage.kind()).isEqualTo(ProblemKind.TENSOR_CHECKSUM);
        assertThat(damage.tensorFlowText())
                .matches("TensorBundle at .*ckpt shard 0 \\(16 bytes\\): Checksum does not match: stored [0-9]+"
                        + " vs\\. calculated on the restored bytes [0-9]+");
    }

    @Test
    @DisplayName("STR-09 the data file truncated at every byte")
    void str09_truncated() throws IOException {
        for (int length = 0; length < 16; length++) {
            byte[] data = Arrays.copyOf(hex(HELLO_WORLD), length);
            DataLossException damage = damage(changed(helloWorld(), data), "v", Tensor::toBytesArray);
            if (length >= 10) {
                assertThat(damage.tensorFlowText()).isEqualTo("Read less bytes than requested");
                assertThat(damage.kind()).isEqualTo(ProblemKind.TRUNCATED);
            }
            assertThat(damage.context().tensor()).isEqualTo("v");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 0, -1, Long.MIN_VALUE})
    @DisplayName("STR-10 a size below the number of elements")
    void str10_sizeTooSmall(long size) throws IOException {
        Path prefix = write(helloWorld().entry("v", entry -> entry.setSize(size)));
        DataLossException damage = damage(prefix, "v", Tensor::toBytesArray);
        assertThat(damage.tensorFlowText())
                .isEqualTo(
                        "Invalid size in bundle entry: key v; stored size " + size + "; expected size is at least 2");
        assertThat(damage.kind()).isEqualTo(ProblemKind.SIZE);
    }

    @Test
    @DisplayName("STR-11 a size that is wrong otherwise is read, and verification complains")
    void str11_sizeWrong() throws IOException {
        Path prefix = write(helloWorld().entry("v", entry -> entry.setSize(5)));
        assertThat(read(prefix, "v", Tensor::toStringArray)).containsExactly("hello", "world");
        assertThat(problems(prefix)).containsExactly("size v the size in the entry is 5 bytes, the tensor takes 16");
    }

    @Test
    @DisplayName("STR-12 the lengths run past offset and size")
    void str12_lengthsTooLong() throws IOException {
        // Two lengths of two bytes each, in longer forms than needed, and a size of two.
        Path prefix = changed(
                helloWorld().entry("v", entry -> entry.setSize(2)), hex("85008500b56f994f68656c6c6f776f726c64"));
        DataLossException damage = damage(prefix, "v", Tensor::toBytesArray);
        assertThat(damage.tensorFlowText()).isEqualTo("String lengths longer than expected offset 2");
        assertThat(damage.kind()).isEqualTo(ProblemKind.STRING_LENGTHS);
    }

    @Test
    @DisplayName("lengths whose sum wraps around 64 bits are rejected even if their checksum matches")
    void lengthsThatWrap() throws IOException {
        for (long[] lengths : new long[][] {
            {1, Long.MAX_VALUE},
            {1, Long.MAX_VALUE, Long.MAX_VALUE, 1},
            {Long.MAX_VALUE, Long.MAX_VALUE, 2},
            {-1, 1},
            {Long.MIN_VALUE, Long.MIN_VALUE}
        }) {
            Path prefix = withLengths(lengths);
            assertThat(damage(prefix, "v", Tensor::toBytesArray).kind()).isEqualTo(ProblemKind.STRING_LENGTHS);
            assertThat(damage(prefix, "v", t -> t.stringPart(0)).kind()).isEqualTo(ProblemKind.STRING_LENGTHS);
        }
    }

    /** A tensor with these lengths, a valid checksum of the lengths, and no bytes. */
    private Path withLengths(long... lengths) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        ByteBuffer hashed = ByteBuffer.allocate(8 * lengths.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long length : lengths) {
            ByteBuffer varint = ByteBuffer.allocate(Varint.MAX_LENGTH_64);
            Varint.write64(varint, length);
            data.write(varint.array(), 0, varint.position());
            if (Long.compareUnsigned(length, 0xffff_ffffL) <= 0) {
                hashed.putInt((int) length);
            } else {
                hashed.putLong(length);
            }
        }
        int masked = MaskedCrc32c.mask(MaskedCrc32c.of(hashed.flip()));
        ByteBuffer stored =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(masked);
        data.writeBytes(stored.array());
        ByteBuffer all = ByteBuffer.allocate(hashed.limit() + 4);
        all.put(hashed).put(stored.flip()).flip();
        int crc = MaskedCrc32c.mask(MaskedCrc32c.of(all));
        return write(new BundleBuilder()
                .tensor("v", DataType.DT_STRING, new long[] {lengths.length}, data.toByteArray())
                .entry("v", entry -> entry.setCrc32C(crc)));
    }

    @Test
    void aCountOfElementsThatTheFileCannotHoldIsRefusedBeforeAnythingIsAllocated() throws IOException {
        Path prefix = write(helloWorld()
                .entry(
                        "v",
                        entry -> entry.setShape(BundleBuilder.shape(2_000_000_000))
                                .setSize(Long.MAX_VALUE)));
        assertThat(damage(prefix, "v", Tensor::toBytesArray).kind()).isEqualTo(ProblemKind.TRUNCATED);
    }

    @Test
    void manyLengthsPassTheReadersBuffer() throws IOException {
        byte[][] elements = new byte[70_000][];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = String.valueOf(i).repeat(i % 40).getBytes(UTF_8);
        }
        Path prefix = write(new BundleBuilder().strings("v", new long[] {70, 1000}, elements));
        byte[][] values = read(prefix, "v", Tensor::toBytesArray);
        assertThat(Arrays.deepEquals(values, elements)).isTrue();
    }
}
