package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.tfckpt.testing.Checkpoints.damage;
import static org.tfckpt.testing.Checkpoints.read;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.SmallFloats;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Values;

/** Values are read as views, arrays and parts. */
class ReadingTest {
    private static final Map<String, Checkpoints.Reading<?>> WAYS = new LinkedHashMap<>();

    static {
        WAYS.put("asFloatBuffer", Tensor::asFloatBuffer);
        WAYS.put("asDoubleBuffer", Tensor::asDoubleBuffer);
        WAYS.put("asIntBuffer", Tensor::asIntBuffer);
        WAYS.put("asLongBuffer", Tensor::asLongBuffer);
        WAYS.put("asShortBuffer", Tensor::asShortBuffer);
        WAYS.put("toFloatArray", Tensor::toFloatArray);
        WAYS.put("toDoubleArray", Tensor::toDoubleArray);
        WAYS.put("toIntArray", Tensor::toIntArray);
        WAYS.put("toLongArray", Tensor::toLongArray);
        WAYS.put("toBooleanArray", Tensor::toBooleanArray);
        WAYS.put("toBytesArray", Tensor::toBytesArray);
        WAYS.put("toStringArray", Tensor::toStringArray);
    }

    @TempDir
    Path directory;

    static Stream<DataType> types() {
        return Values.fixedWidthTypes();
    }

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("ckpt"));
    }

    /** Returns the ways that a dtype supports; all others must throw. */
    private static Set<String> waysOf(DataType type) {
        return switch (type) {
            case DT_FLOAT -> Set.of("asFloatBuffer", "toFloatArray", "toDoubleArray");
            case DT_COMPLEX64 -> Set.of("asFloatBuffer");
            case DT_DOUBLE -> Set.of("asDoubleBuffer", "toDoubleArray");
            case DT_COMPLEX128 -> Set.of("asDoubleBuffer");
            case DT_HALF, DT_BFLOAT16 -> Set.of("asShortBuffer", "toFloatArray", "toDoubleArray");
            case DT_INT16, DT_UINT16, DT_QINT16, DT_QUINT16 ->
                Set.of("asShortBuffer", "toIntArray", "toLongArray", "toDoubleArray");
            case DT_INT32, DT_QINT32 -> Set.of("asIntBuffer", "toIntArray", "toLongArray", "toDoubleArray");
            case DT_UINT32 -> Set.of("asIntBuffer", "toLongArray", "toDoubleArray");
            case DT_INT64, DT_UINT64 -> Set.of("asLongBuffer", "toLongArray");
            case DT_BOOL -> Set.of("toBooleanArray");
            case DT_INT8, DT_UINT8, DT_QINT8, DT_QUINT8, DT_INT4, DT_UINT4, DT_INT2, DT_UINT2 ->
                Set.of("toIntArray", "toLongArray", "toDoubleArray");
            case DT_STRING -> Set.of("toBytesArray", "toStringArray");
            default -> Set.of("toFloatArray", "toDoubleArray");
        };
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyDtypeHasItsWaysAndRefusesTheOthers(DataType type) throws IOException {
        Path prefix = write(new BundleBuilder().tensor("v", type, new long[] {4}, Values.random(1, 4 * type.width())));
        assertWays(prefix, type);
    }

    @Test
    void stringsHaveTheirWaysAndRefuseTheOthers() throws IOException {
        Path prefix = write(new BundleBuilder().strings("v", "a", "b"));
        assertWays(prefix, DataType.DT_STRING);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Tensor tensor = checkpoint.tensor("v");
            assertThatIllegalArgumentException()
                    .isThrownBy(tensor::asByteBuffer)
                    .withMessageContaining("DT_STRING");
            assertThatIllegalArgumentException().isThrownBy(tensor::byteSize);
            assertThatIllegalArgumentException().isThrownBy(() -> tensor.read(0, ByteBuffer.allocate(1)));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> tensor.stringPart(2));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> tensor.stringPart(-1));
        }
    }

    private static void assertWays(Path prefix, DataType type) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Tensor tensor = checkpoint.tensor("v");
            for (Map.Entry<String, Checkpoints.Reading<?>> way : WAYS.entrySet()) {
                if (!waysOf(type).contains(way.getKey())) {
                    assertThatIllegalArgumentException()
                            .as("%s of %s", way.getKey(), type)
                            .isThrownBy(() -> way.getValue().from(tensor))
                            .withMessageStartingWith("tensor 'v' has dtype " + type.name() + " and cannot be read as ");
                } else if (way.getValue().from(tensor) instanceof Buffer view) {
                    assertThat(view.isReadOnly()).isTrue();
                    assertThat(view.isDirect()).isTrue();
                    assertThat(view.remaining()).isEqualTo(type.swapUnit() == type.width() ? 4 : 8);
                }
            }
        }
    }

    @Test
    void extremesOfEveryInteger() throws IOException {
        assertIntegers(DataType.DT_INT8, "807f00ff", -128, 127, 0, -1);
        assertIntegers(DataType.DT_UINT8, "807f00ff", 128, 127, 0, 255);
        assertIntegers(DataType.DT_QINT8, "807f00ff", -128, 127, 0, -1);
        assertIntegers(DataType.DT_QUINT8, "807f00ff", 128, 127, 0, 255);
        assertIntegers(DataType.DT_INT16, "0080ff7fffff", Short.MIN_VALUE, Short.MAX_VALUE, -1);
        assertIntegers(DataType.DT_UINT16, "0080ff7fffff", 32768, 32767, 65535);
        assertIntegers(DataType.DT_QINT16, "0080ff7fffff", Short.MIN_VALUE, Short.MAX_VALUE, -1);
        assertIntegers(DataType.DT_QUINT16, "0080ff7fffff", 32768, 32767, 65535);
        assertIntegers(DataType.DT_INT32, "00000080ffffff7fffffffff", Integer.MIN_VALUE, Integer.MAX_VALUE, -1);
        assertIntegers(DataType.DT_QINT32, "00000080ffffff7fffffffff", Integer.MIN_VALUE, Integer.MAX_VALUE, -1);
        assertIntegers(DataType.DT_UINT32, "00000080ffffff7fffffffff", 1L << 31, Integer.MAX_VALUE, 0xffff_ffffL);
        assertIntegers(DataType.DT_INT64, "0000000000000080ffffffffffffff7f", Long.MIN_VALUE, Long.MAX_VALUE);
        assertIntegers(DataType.DT_UINT64, "0000000000000080ffffffffffffffff", Long.MIN_VALUE, -1);
        assertIntegers(DataType.DT_INT4, "08070ff8", -8, 7, -1, -8);
        assertIntegers(DataType.DT_UINT4, "08070ff8", 8, 7, 15, 8);
        assertIntegers(DataType.DT_INT2, "02010300fe", -2, 1, -1, 0, -2);
        assertIntegers(DataType.DT_UINT2, "02010300fe", 2, 1, 3, 0, 2);
    }

    private void assertIntegers(DataType type, String hex, long... expected) throws IOException {
        Path prefix = write(new BundleBuilder().tensor("v", type, new long[] {expected.length}, Values.hex(hex)));
        assertThat(read(prefix, "v", Tensor::toLongArray)).as(type.name()).isEqualTo(expected);
        if (waysOf(type).contains("toIntArray")) {
            assertThat(read(prefix, "v", Tensor::toIntArray))
                    .isEqualTo(
                            Arrays.stream(expected).mapToInt(Math::toIntExact).toArray());
        }
        if (waysOf(type).contains("toDoubleArray")) {
            assertThat(read(prefix, "v", Tensor::toDoubleArray))
                    .isEqualTo(Arrays.stream(expected).asDoubleStream().toArray());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DT_HALF", "DT_BFLOAT16"})
    void everyPatternOfSixteenBits(DataType type) throws IOException {
        ByteBuffer patterns = ByteBuffer.allocate(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 1 << 16; bits++) {
            patterns.putShort((short) bits);
        }
        Path prefix = write(new BundleBuilder().tensor("v", type, new long[] {256, 256}, patterns.array()));
        float[] floats = read(prefix, "v", Tensor::toFloatArray);
        double[] doubles = read(prefix, "v", Tensor::toDoubleArray);
        for (int bits = 0; bits < 1 << 16; bits++) {
            float expected =
                    type == DataType.DT_HALF ? SmallFloats.half((short) bits) : SmallFloats.bfloat16((short) bits);
            assertThat(Float.floatToIntBits(floats[bits])).isEqualTo(Float.floatToIntBits(expected));
            assertThat(Double.doubleToLongBits(doubles[bits])).isEqualTo(Double.doubleToLongBits(expected));
        }
    }

    @Test
    void everyPatternOfEightBits() throws IOException {
        byte[] patterns = new byte[256];
        for (int bits = 0; bits < 256; bits++) {
            patterns[bits] = (byte) bits;
        }
        for (DataType type : EnumSet.range(DataType.DT_FLOAT8_E5M2, DataType.DT_FLOAT8_E5M2FNUZ)) {
            Path prefix = write(new BundleBuilder().tensor("v", type, new long[] {256}, patterns));
            float[] floats = read(prefix, "v", Tensor::toFloatArray);
            for (int bits = 0; bits < 256; bits++) {
                assertThat(Float.valueOf(floats[bits])).isEqualTo(Float.valueOf(SmallFloats.small(type, (byte) bits)));
            }
        }
        Path prefix = write(new BundleBuilder().tensor("v", DataType.DT_BOOL, new long[] {256}, patterns));
        boolean[] booleans = read(prefix, "v", Tensor::toBooleanArray);
        for (int bits = 0; bits < 256; bits++) {
            assertThat(booleans[bits]).isEqualTo(bits != 0);
        }
    }

    @Test
    void viewsHoldTheBitsOfTheirWidth() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("float", 1, Float.NaN, -0.0f)
                .tensor("double", DataType.DT_DOUBLE, new long[] {1}, Values.hex("000000000000f0bf"))
                .tensor("uint16", DataType.DT_UINT16, new long[] {1}, Values.hex("feff"))
                .tensor("uint32", DataType.DT_UINT32, new long[] {1}, Values.hex("feffffff"))
                .tensor("uint64", DataType.DT_UINT64, new long[] {1}, Values.hex("feffffffffffffff"))
                .tensor(
                        "complex128",
                        DataType.DT_COMPLEX128,
                        new long[] {1},
                        Values.hex("000000000000f03f0000000000000040")));
        assertThat(read(prefix, "float", Tensor::asFloatBuffer).get(0)).isEqualTo(1);
        assertThat(read(prefix, "double", Tensor::asDoubleBuffer).get(0)).isEqualTo(-1);
        assertThat(read(prefix, "double", Tensor::toDoubleArray)).containsExactly(-1);
        assertThat(read(prefix, "uint16", Tensor::asShortBuffer).get(0)).isEqualTo((short) -2);
        assertThat(read(prefix, "uint32", Tensor::asIntBuffer).get(0)).isEqualTo(-2);
        assertThat(read(prefix, "uint64", Tensor::asLongBuffer).get(0)).isEqualTo(-2);
        assertThat(read(prefix, "complex128", Tensor::asDoubleBuffer).get(1)).isEqualTo(2);
    }

    @Test
    void nobodyWritesThroughAView() throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", 1));
        for (ReadOptions way : Checkpoints.WAYS) {
            try (Checkpoint checkpoint = Checkpoint.open(prefix, way)) {
                Tensor tensor = checkpoint.tensor("v");
                assertThatExceptionOfType(ReadOnlyBufferException.class)
                        .isThrownBy(() -> tensor.asFloatBuffer().put(0, 2));
                assertThatExceptionOfType(ReadOnlyBufferException.class)
                        .isThrownBy(() -> tensor.asByteBuffer().put(0, (byte) 2));
                tensor.toFloatArray()[0] = 2;
                tensor.asByteBuffer().position(3);
                assertThat(tensor.toFloatArray()).containsExactly(1);
                assertThat(tensor.asByteBuffer().position()).isZero();
            }
        }
    }

    @Test
    void inParts() throws IOException {
        byte[] value = Values.random(1, 3_000_016);
        Path prefix = write(new BundleBuilder()
                .filler(new byte[3])
                .tensor("v", DataType.DT_COMPLEX128, new long[] {187_501}, value));
        byte[] whole = read(prefix, "v", tensor -> {
            ByteArrayOutputStream parts = new ByteArrayOutputStream();
            tensor.forEachPart(part -> {
                assertThat(part.remaining() % 16).isZero();
                assertThat(part.order()).isEqualTo(tensor.order());
                byte[] bytes = new byte[part.remaining()];
                part.get(bytes);
                parts.writeBytes(bytes);
            });
            return parts.toByteArray();
        });
        assertThat(whole).isEqualTo(value);
        ByteBuffer five = read(prefix, "v", tensor -> {
            ByteBuffer part = ByteBuffer.allocate(10).limit(8).position(3);
            tensor.read(1_000_000, part);
            return part.flip().position(3);
        });
        assertThat(five).isEqualTo(ByteBuffer.wrap(value, 1_000_000, 5));
    }

    @Test
    void aConsumersOwnExceptionComesThrough() throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", 1));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Tensor tensor = checkpoint.tensor("v");
            IOException enough = new IOException("enough");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> tensor.forEachPart(part -> {
                        throw enough;
                    }))
                    .isSameAs(enough);
        }
    }

    @Test
    void checksCanBeTurnedOff() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("v", 1, 2)
                .entry("v", entry -> entry.setCrc32C(1))
                .strings("s", "a", "b")
                .entry("s", entry -> entry.setCrc32C(1)));
        assertThat(damage(prefix, "v", Tensor::toFloatArray).tensorFlowText()).contains("Checksum does not match");
        assertThat(damage(prefix, "s", Tensor::toStringArray).tensorFlowText()).contains("Checksum does not match");
        for (ReadOptions way : Checkpoints.WAYS) {
            try (Checkpoint checkpoint = Checkpoint.open(prefix, way.withoutChecksums())) {
                Tensor tensor = checkpoint.tensor("v");
                assertThat(tensor.toFloatArray()).containsExactly(1, 2);
                assertThatExceptionOfType(IOException.class).isThrownBy(tensor::check);
                Tensor strings = checkpoint.tensor("s");
                assertThat(strings.toStringArray()).containsExactly("a", "b");
                assertThatExceptionOfType(IOException.class).isThrownBy(strings::check);
            }
        }
    }

    @Test
    void aDamagedTensorStaysRefused() throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", 1).floats("w", 2).entry("v", entry -> entry.setCrc32C(1)));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Tensor tensor = checkpoint.tensor("v");
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(IOException.class).isThrownBy(tensor::asFloatBuffer);
                assertThatExceptionOfType(IOException.class).isThrownBy(() -> tensor.read(0, ByteBuffer.allocate(1)));
                assertThatExceptionOfType(IOException.class).isThrownBy(() -> tensor.forEachPart(part -> {}));
            }
            assertThat(checkpoint.tensor("w").toFloatArray()).containsExactly(2);
        }
    }

    @Test
    void damageThatComesAfterTheCheckIsNotLookedFor() throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", 1));
        try (Checkpoint checkpoint = Checkpoint.open(prefix, ReadOptions.DEFAULT.withoutMapping())) {
            Tensor tensor = checkpoint.tensor("v");
            assertThat(tensor.toFloatArray()).containsExactly(1);
            Files.write(BundleBuilder.data(prefix, 0, 1), Values.floats(3));
            assertThat(tensor.toFloatArray()).containsExactly(3);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> checkpoint.tensor("v").toFloatArray());
        }
    }

    @Test
    void digestsDoNotDependOnHowValuesAreStored() throws IOException {
        Path prefix = write(new BundleBuilder()
                .floats("v", 1)
                .strings("s", "abc")
                .shard(1)
                .filler((byte) 9)
                .floats("w", 1));
        assertThat(read(prefix, "v", TensorDigest::sha256)).isEqualTo(read(prefix, "w", TensorDigest::sha256));
        // Of the length 3 in eight bytes, then abc.
        assertThat(read(prefix, "s", TensorDigest::sha256))
                .isEqualTo("ce91dc5eec0139adf091900d225971d6ad246a845bad791b5693a9d0d55dd391");
    }
}
