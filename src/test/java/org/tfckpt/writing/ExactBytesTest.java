package org.tfckpt.writing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.testing.Checkpoints.bytes;
import static org.tfckpt.testing.Checkpoints.read;
import static org.tfckpt.testing.Values.hex;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.RawTable;
import org.tfckpt.testing.RawTable.RawBlock;
import org.tfckpt.testing.Values;

/** Reads bytes written by TensorFlow, and checks that the builder of the tests writes the same indexes. */
class ExactBytesTest {
    private static final String METAINDEX = "000000000100000000c0f2a1b0";

    /** One scalar v = 1: the 117 bytes of TensorFlow's index. */
    private static final String SCALAR_INDEX = "00000608011a020801" // header
            + "00010b7608011200280435" + "81a5da2b" // v
            + "0000000001000000" + "0095ced3f3" // restart points, trailer
            + METAINDEX
            + "000102770020" + "0000000001000000" + "003e1ea462" // index block
            + "2508320e" + "00".repeat(36) // footer
            + "57fb808b247547db";

    @TempDir
    Path directory;

    private Path write(String index, String data) throws IOException {
        Path prefix = directory.resolve("ckpt");
        Files.write(directory.resolve("ckpt.index"), hex(index));
        Files.write(BundleBuilder.data(prefix, 0, 1), hex(data));
        return prefix;
    }

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("ckpt"));
    }

    @Test
    @DisplayName("HEX-01 one scalar")
    void hex01_scalar() throws IOException {
        assertThat(SCALAR_INDEX).hasSize(2 * 117);
        assertThat(read(write(SCALAR_INDEX, "0000803f"), "v", Tensor::toFloatArray))
                .containsExactly(1);
        assertThat(hex(new BundleBuilder().floats("v", 1).index())).isEqualTo(SCALAR_INDEX);
    }

    @Test
    @DisplayName("HEX-03 1, 2, 3 in six dtypes")
    void hex03_oneTwoThree() throws IOException {
        Path prefix = write(vectors(
                DataType.DT_BOOL,
                "010101",
                DataType.DT_HALF,
                "003c00400042",
                DataType.DT_BFLOAT16,
                "803f00404040",
                DataType.DT_INT16,
                "010002000300",
                DataType.DT_INT64,
                "010000000000000002000000000000000300000000000000",
                DataType.DT_COMPLEX64,
                "0000803f0000000000000040000000000000404000000000"));
        assertThat(read(prefix, "bool", Tensor::toBooleanArray)).containsExactly(true, true, true);
        assertThat(read(prefix, "half", Tensor::toFloatArray)).containsExactly(1, 2, 3);
        assertThat(read(prefix, "bfloat16", Tensor::toFloatArray)).containsExactly(1, 2, 3);
        assertThat(read(prefix, "int16", Tensor::toIntArray)).containsExactly(1, 2, 3);
        assertThat(read(prefix, "int64", Tensor::toLongArray)).containsExactly(1, 2, 3);
        float[] parts = new float[6];
        read(prefix, "complex64", Tensor::asFloatBuffer).get(parts);
        assertThat(parts).containsExactly(1, 0, 2, 0, 3, 0);
    }

    private static BundleBuilder vectors(Object... typesAndBytes) {
        BundleBuilder bundle = new BundleBuilder();
        for (int i = 0; i < typesAndBytes.length; i += 2) {
            DataType type = (DataType) typesAndBytes[i];
            byte[] value = hex((String) typesAndBytes[i + 1]);
            bundle.tensor(type.shortName(), type, new long[] {value.length / type.width()}, value);
        }
        return bundle;
    }

    @Test
    @DisplayName("HEX-04 quantised integers")
    void hex04_quantised() throws IOException {
        Path prefix = write(vectors(
                DataType.DT_QINT8, "01fe", DataType.DT_QINT32, "01000000feffffff", DataType.DT_QUINT16, "01000200"));
        assertThat(read(prefix, "qint8", Tensor::toIntArray)).containsExactly(1, -2);
        assertThat(read(prefix, "qint32", Tensor::toIntArray)).containsExactly(1, -2);
        assertThat(read(prefix, "quint16", Tensor::toIntArray)).containsExactly(1, 2);
        assertThat(List.of(DataType.DT_QINT8.number(), DataType.DT_QINT32.number(), DataType.DT_QUINT16.number()))
                .containsExactly(11, 13, 16);
    }

    @Test
    @DisplayName("HEX-05 float8 and four-bit integers")
    void hex05_narrow() throws IOException {
        Path prefix = write(vectors(
                DataType.DT_FLOAT8_E5M2,
                "3cc0",
                DataType.DT_FLOAT8_E4M3FN,
                "38c07e",
                DataType.DT_INT4,
                "010e07",
                DataType.DT_UINT4,
                "01020f"));
        assertThat(read(prefix, "float8_e5m2", Tensor::toFloatArray)).containsExactly(1, -2);
        assertThat(read(prefix, "float8_e4m3fn", Tensor::toFloatArray)).containsExactly(1, -2, 448);
        assertThat(read(prefix, "int4", Tensor::toIntArray)).containsExactly(1, -2, 7);
        assertThat(read(prefix, "uint4", Tensor::toIntArray)).containsExactly(1, 2, 15);
    }

    @Test
    @DisplayName("HEX-06 the upper half of an int4's byte does not count")
    void hex06_int4() throws IOException {
        Path prefix = write(vectors(DataType.DT_INT4, "01fe07", DataType.DT_UINT4, "f1f2ff"));
        assertThat(read(prefix, "int4", Tensor::toIntArray)).containsExactly(1, -2, 7);
        assertThat(read(prefix, "int4", Tensor::toLongArray)).containsExactly(1, -2, 7);
        assertThat(read(prefix, "uint4", Tensor::toIntArray)).containsExactly(1, 2, 15);
    }

    @Test
    @DisplayName("HEX-07 a tensor without elements")
    void hex07_empty() throws IOException {
        byte[] entry = hex("0801 1206 1200 12020803 35 d8ea82a2");
        Path prefix = write(new BundleBuilder().record("z", entry).filler());
        assertThat(read(prefix, "z", Tensor::shape)).isEqualTo(Shape.of(0, 3));
        assertThat(bytes(prefix, "z")).isEmpty();
        assertThat(new BundleBuilder().floats("z", new long[] {0, 3}).index())
                .isEqualTo(new BundleBuilder().record("z", entry).index());
    }

    @Test
    @DisplayName("HEX-08 a tensor of 2 by 3, whose index has 125 bytes")
    void hex08_matrix() throws IOException {
        BundleBuilder bundle = new BundleBuilder().floats("v", new long[] {2, 3}, 1, 2, 3, 4, 5, 6);
        assertThat(bundle.index()).hasSize(125);
        assertThat(read(write(bundle), "v", Tensor::toFloatArray)).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    @DisplayName("HEX-09 40 scalars: three restart points, 1097 bytes")
    void hex09_manyScalars() throws IOException {
        BundleBuilder bundle = new BundleBuilder();
        for (int i = 0; i < 40; i++) {
            bundle.floats("layer_" + i + "/kernel", i);
        }
        byte[] index = bundle.index();
        assertThat(index).hasSize(1097);
        RawBlock block = RawTable.parse(index).blocks().get(0);
        assertThat(hex(block.indexKey())).isEqualTo(hex("m".getBytes(UTF_8)));
        ByteBuffer contents = ByteBuffer.wrap(block.stored()).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(contents.getInt(contents.limit() - 4)).isEqualTo(3);
        assertThat(read(write(bundle), "layer_39/kernel", Tensor::toFloatArray)).containsExactly(39);
    }

    @Test
    @DisplayName("HEX-10 a key of 600,001 bytes has a block of its own")
    void hex10_longKey() throws IOException {
        String longKey = "b" + "q".repeat(600_000);
        BundleBuilder bundle =
                new BundleBuilder().floats("a", 1).floats(longKey, 2).floats("c", 3);
        List<RawBlock> blocks = RawTable.parse(bundle.index()).blocks();
        assertThat(blocks).extracting(block -> block.stored().length).containsExactly(32, 600_027, 25);
        assertThat(blocks)
                .extracting(block -> new String(block.indexKey(), UTF_8))
                .containsExactly("a", longKey, "d");
        assertThat(read(write(bundle), longKey, Tensor::toFloatArray)).containsExactly(2);
    }

    @Test
    @DisplayName("HEX-11 the index of a published SavedModel with a, b and c")
    void hex11_publishedModel() throws IOException {
        BundleBuilder bundle = new BundleBuilder()
                .floats("a", 0)
                .floats("b", 0)
                .floats("c", 0)
                .entry("a", entry -> entry.setCrc32C(0x1f273806))
                .entry("b", entry -> entry.setCrc32C(0x4f78fd10))
                .entry("c", entry -> entry.setCrc32C(0xc382d6ef));
        assertThat(bundle.index()).hasSize(151);
        try (Checkpoint checkpoint = Checkpoint.open(write(bundle))) {
            assertThat(checkpoint.tensors())
                    .extracting(TensorInfo::storage)
                    .containsExactly(
                            new TensorInfo.Storage(0, 0, 4, 0x1f273806),
                            new TensorInfo.Storage(0, 4, 4, 0x4f78fd10),
                            new TensorInfo.Storage(0, 8, 4, 0xc382d6ef));
        }
    }

    @Test
    @DisplayName("HEX-12 the index of a published object-based SavedModel")
    void hex12_publishedObjectModel() throws IOException {
        String variable = "variable/.ATTRIBUTES/VARIABLE_VALUE";
        BundleBuilder bundle = new BundleBuilder()
                .floats(variable, 2)
                .tensor("_CHECKPOINTABLE_OBJECT_GRAPH", DataType.DT_STRING, new long[0], Values.random(1, 123))
                .entry("_CHECKPOINTABLE_OBJECT_GRAPH", entry -> entry.setCrc32C(0xfb2c5df0));
        assertThat(bundle.index()).hasSize(195);
        try (Checkpoint checkpoint = Checkpoint.open(write(bundle))) {
            assertThat(checkpoint.tensors().map(TensorInfo::toString))
                    .containsExactly("_CHECKPOINTABLE_OBJECT_GRAPH (DT_STRING) []", variable + " (DT_FLOAT) []");
            assertThat(checkpoint.tensor(variable).info().storage().crc32c()).isEqualTo(0x4f78fd10);
            assertThat(checkpoint.tensor(variable).toFloatArray()).containsExactly(2);
        }
    }
}
