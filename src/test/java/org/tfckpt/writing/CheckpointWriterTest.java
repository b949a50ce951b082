package org.tfckpt.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Linking;
import org.tfckpt.ReadOptions;
import org.tfckpt.Sharding;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Folder;

class CheckpointWriterTest {
    private static final Shape SCALAR = Shape.of();

    @TempDir
    private Path directory;

    private Path prefix() {
        return directory.resolve("ckpt");
    }

    interface Writing {
        void to(CheckpointWriter out) throws IOException;
    }

    private Path write(WriteOptions options, Writing writing) throws IOException {
        try (CheckpointWriter out = CheckpointWriter.open(prefix(), options)) {
            writing.to(out);
            out.finish();
        }
        return prefix();
    }

    private Path write(Writing writing) throws IOException {
        return write(WriteOptions.DEFAULT.overwriting(), writing);
    }

    private String index() {
        return Folder.hex(Folder.sibling(prefix(), ".index"));
    }

    private String data() {
        return Folder.hex(Folder.sibling(prefix(), ".data-00000-of-00001"));
    }

    private static ShapeAndSlice slice(String text) {
        return ShapeAndSlice.parse(text);
    }

    private static float[] floats(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    private static void isIntact(Path prefix) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            checkpoint.verify(problem -> {
                throw new AssertionError(problem);
            });
        }
    }

    private TensorInfo.Storage storage(String name) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            return checkpoint.find(name).orElseThrow().storage();
        }
    }

    // Exact bytes.

    @Test
    @DisplayName("HEX-01 one float scalar")
    void oneScalar() throws IOException {
        write(out -> out.add("v", SCALAR, ValueSource.of(1f)));
        assertThat(index())
                .isEqualTo("00000608011a020801" + "00010b76080112002804" + "3581a5da2b" + "0000000001000000"
                        + "0095ced3f3" + "0000000001000000" + "00c0f2a1b0" + "000102770020" + "0000000001000000"
                        + "003e1ea462" + "2508320e" + "00".repeat(36) + "57fb808b247547db");
        assertThat(data()).isEqualTo("0000803f");
    }

    @Test
    @DisplayName("HEX-02 a partitioned tensor")
    void partitioned() throws IOException {
        write(out -> {
            out.addSlice("foo", slice("5 10 -:0,1"), ValueSource.of(floats(5, 0)));
            out.addSlice("foo", slice("5 10 -:1,9"), ValueSource.of(floats(45, 1)));
        });
        assertThat(index())
                .hasSize(2 * 199)
                .contains("0801120812020805120208012814356264004f")
                .contains("8189" + "080112081202080512020809201428b40135a2a8ea60")
                .contains("666f6f" + "080112081202080512" + "02080a" + "3a060a000a021001" + "3a080a000a0408011009")
                .contains("00c0f2a1b0")
                .contains("770884010e" + "00");
        isIntact(prefix());
    }

    @Test
    @DisplayName("HEX-03 [1, 2, 3] in several dtypes")
    void threeNumbers() throws IOException {
        Shape shape = Shape.of(3);
        write(out -> out.add("v", shape, ValueSource.of(true, true, true)));
        assertThat(data()).isEqualTo("010101");
        ByteBuffer half = ByteBuffer.allocate(6).putShort((short) 0x3c00).putShort((short) 0x4000);
        write(out -> out.add(
                "v",
                shape,
                ValueSource.of(DataType.DT_HALF, half.putShort((short) 0x4200).flip())));
        assertThat(data()).isEqualTo("003c00400042");
        write(out -> out.add("v", shape, ValueSource.of((short) 1, (short) 2, (short) 3)));
        assertThat(data()).isEqualTo("010002000300");
        write(out -> out.add("v", shape, ValueSource.of(1L, 2L, 3L)));
        assertThat(data()).isEqualTo("010000000000000002000000000000000300000000000000");
        write(out -> out.add("v", shape, ValueSource.ofComplex(1f, 0, 2, 0, 3, 0)));
        assertThat(data()).isEqualTo("0000803f000000000000004000000000" + "0000404000000000");
        write(out -> out.add("v", shape, ValueSource.of(1.0, 2, 3)));
        assertThat(data()).isEqualTo("000000000000f03f" + "0000000000000040" + "0000000000000840");
        write(out -> out.add("v", shape, ValueSource.of(1, 2, 3)));
        assertThat(data()).isEqualTo("010000000200000003000000");
    }

    @Test
    @DisplayName("HEX-04 HEX-05 HEX-06 quantised, 8-bit floats, 4-bit integers: a byte an element, as given")
    void rareDtypes() throws IOException {
        write(out -> {
            out.add("a", Shape.of(2), ValueSource.of(DataType.DT_QINT8, bytes("01fe")));
            out.add("b", Shape.of(2), ValueSource.of(DataType.DT_FLOAT8_E5M2, bytes("3cc0")));
            out.add("c", Shape.of(3), ValueSource.of(DataType.DT_INT4, bytes("010e07")));
            out.add("d", Shape.of(2), ValueSource.of(DataType.DT_QUINT16, bytes("00010002")));
        });
        assertThat(data()).isEqualTo("01fe" + "3cc0" + "010e07" + "01000200");
        assertThat(index()).contains("080b", "0818", "081d", "0810");
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    @Test
    @DisplayName("HEX-07 a tensor without elements")
    void noElements() throws IOException {
        write(out -> out.add("z", Shape.of(0, 3), ValueSource.of(new float[0])));
        assertThat(index()).contains("7a" + "0801" + "1206" + "1200" + "12020803" + "35d8ea82a2");
        assertThat(data()).isEmpty();
    }

    @Test
    @DisplayName("HEX-08 PV-02 a slice that is all of the tensor is stored as the tensor")
    void fullSlices() throws IOException {
        ValueSource values = ValueSource.of(1f, 2, 3, 4, 5, 6);
        write(out -> out.add("v", Shape.of(2, 3), values));
        String plain = index();
        assertThat(plain).hasSize(2 * 125);
        write(out -> out.addSlice("v", slice("2 3 -:-"), values));
        assertThat(index()).isEqualTo(plain);
        write(out -> out.addSlice("v", slice("2 3 0,2:-"), values));
        assertThat(index()).isEqualTo(plain);
        write(out -> out.addSlice("v", slice("2 3 0,2:0,3"), values));
        assertThat(index()).isEqualTo(plain);
    }

    @Test
    @DisplayName("HEX-09 restart points at every sixteenth key, a short key behind the last block")
    void restartPoints() throws IOException {
        write(out -> {
            for (int i = 0; i < 40; i++) {
                out.add("layer_" + i + "/kernel", SCALAR, ValueSource.of((float) i));
            }
        });
        assertThat(index()).hasSize(2 * 1097);
        // The only index key, and the handle of a block of 1011 bytes.
        assertThat(index()).contains("0001036d00f307");
    }

    @Test
    @DisplayName("HEX-10 BN-14 a key that is larger than two blocks has one of its own")
    void longKey() throws IOException {
        String longest = "b" + "q".repeat(600_000);
        write(out -> {
            out.add("a", SCALAR, ValueSource.of(1f));
            out.add(longest, SCALAR, ValueSource.of(2f));
            out.add("c", SCALAR, ValueSource.of(3f));
        });
        // Index keys and block handles.
        assertThat(index())
                .contains("000102" + "61" + "0020" + "00c1cf2404" + "6271")
                .contains("71" + "25dbcf24" + "000104" + "64" + "85d02419");
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            assertThat(checkpoint.tensor(longest).toFloatArray()).containsExactly(2f);
        }
        isIntact(prefix());
    }

    @Test
    @DisplayName("STR-04 STR-05 STR-06 strings")
    void strings() throws IOException {
        write(out -> out.add("v", Shape.of(2), ValueSource.of("hello", "world")));
        assertThat(data()).isEqualTo("0505b56f994f68656c6c6f776f726c64");
        assertThat(index()).contains("2810" + "351b4cd607");
        write(out -> out.add("v", Shape.of(0), ValueSource.of(new String[0])));
        assertThat(data()).isEqualTo("d8ea82a2");
        assertThat(index()).contains("2804" + "35f6c10c64");
        write(out -> out.add("v", SCALAR, ValueSource.of("abc")));
        assertThat(data()).isEqualTo("03633f7f28616263");
        assertThat(index()).contains("35c3d19a19");
    }

    @Test
    @DisplayName("STR-01 strings of many lengths")
    void manyStrings() throws IOException {
        byte[] large = new byte[1 << 25];
        Arrays.fill(large, (byte) 'c');
        write(out -> {
            out.add("string_tensor", Shape.of(1), ValueSource.of(""));
            out.add("scalar", SCALAR, ValueSource.of("hello"));
            out.add(
                    "strs",
                    Shape.of(4),
                    ValueSource.ofStrings(List.of(
                            "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                            new byte[0],
                            new byte[] {1},
                            large)));
            out.add("floats", Shape.of(2, 3), ValueSource.of(floats(6, 16.18f)));
        });
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            assertThat(checkpoint.tensors().map(TensorInfo::name))
                    .containsExactly("floats", "scalar", "string_tensor", "strs");
            assertThat(checkpoint.tensor("strs").asStringVector(3, 1).bytes(0)).isEqualTo(large);
            assertThat(checkpoint.tensor("strs").asStringVector(0, 1).bytes(0))
                    .asString()
                    .isEqualTo("hello");
        }
    }

    @Test
    @DisplayName("STR-14 a variant, given as its message")
    void variant() throws IOException {
        byte[] message = HexFormat.of()
                .parseHex("0a16"
                        + HexFormat.of()
                                .formatHex(
                                        "tensorflow::TensorList".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                        + "120c0003ffffffffffffffffff01"
                        + "1a07080312003a0107" + "1a07080312003a0108");
        write(out -> out.add("v", SCALAR, ValueSource.ofVariants(List.of(message))));
        assertThat(data()).hasSize(2 * 61).startsWith("380a16").endsWith("1c3ec73c");
        assertThat(storage("v").crc32c()).isEqualTo(0x4ea0ebfa);
        WriteOptions big = WriteOptions.DEFAULT.overwriting().withOrder(ByteOrder.BIG_ENDIAN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(big, out -> out.add("v", SCALAR, ValueSource.ofVariants(List.of(message)))));
    }

    // The basics.

    @ParameterizedTest
    @EnumSource(DataType.class)
    @DisplayName("BN-01 BN-02 BE-02 every dtype of fixed width, in both byte orders, also empty")
    void everyDtype(DataType dtype) throws IOException {
        if (!dtype.isFixedWidth()) {
            return;
        }
        byte[] values = new byte[6 * dtype.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i + 1);
        }
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            write(WriteOptions.DEFAULT.overwriting().withOrder(order), out -> {
                for (String name : List.of("foo_003", "foo_000", "foo_002", "foo_001")) {
                    out.add(name, Shape.of(2, 3), ValueSource.of(dtype, ByteBuffer.wrap(values)));
                }
                out.add("row", Shape.of(0, 1618), ValueSource.of(dtype, ByteBuffer.allocate(0)));
                out.add("cube", Shape.of(16, 0, 18), ValueSource.of(dtype, ByteBuffer.allocate(0)));
            });
            try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
                assertThat(checkpoint.byteOrder()).isEqualTo(order);
                assertThat(checkpoint.tensors().map(TensorInfo::name))
                        .containsExactly("cube", "foo_000", "foo_001", "foo_002", "foo_003", "row");
                Tensor tensor = checkpoint.tensor("foo_002");
                assertThat(tensor.dtype()).isEqualTo(dtype);
                assertThat(tensor.shape()).isEqualTo(Shape.of(2, 3));
                ByteBuffer read = tensor.asByteBuffer();
                for (int i = 0; i < values.length; i++) {
                    int unit = dtype.swapUnit();
                    // The values were given big-endian.
                    int at = order == ByteOrder.BIG_ENDIAN ? i : i / unit * unit + unit - 1 - i % unit;
                    assertThat(read.get(at)).isEqualTo(values[i]);
                }
                assertThat(checkpoint.tensor("cube").shape()).isEqualTo(Shape.of(16, 0, 18));
                assertThat(checkpoint.tensor("row").asByteBuffer().remaining()).isZero();
            }
            isIntact(prefix());
        }
    }

    @Test
    @DisplayName("BN-03 aligned tensors")
    void aligned() throws IOException {
        write(WriteOptions.DEFAULT.withAlignment(42), out -> {
            for (String name : List.of("foo_003", "foo_000", "foo_002", "foo_001")) {
                out.add(name, Shape.of(2, 3), ValueSource.of(floats(6, 3)));
            }
        });
        for (String name : List.of("foo_003", "foo_000", "foo_002", "foo_001")) {
            assertThat(storage(name).offset() % 42).isZero();
        }
        assertThat(Files.size(Folder.sibling(prefix(), ".data-00000-of-00001"))).isEqualTo(4 * 42);
        isIntact(prefix());
    }

    @Test
    @DisplayName("BN-06 data in the order of adding, the index in the order of names")
    void orders() throws IOException {
        write(out -> {
            out.add("z", SCALAR, ValueSource.of(1f));
            out.add("a", SCALAR, ValueSource.of(2f));
        });
        assertThat(storage("z").offset()).isZero();
        assertThat(storage("a").offset()).isEqualTo(4);
    }

    @Test
    @DisplayName("BN-12 a checkpoint without tensors has a header and an empty data file")
    void nothing() throws IOException {
        write(out -> {});
        assertThat(Folder.names(directory)).containsExactly("ckpt.data-00000-of-00001", "ckpt.index");
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            assertThat(checkpoint.tensors()).isEmpty();
        }
    }

    @Test
    @DisplayName("PV-01 slices in several data files, listed as they were added")
    void slicesInShards() throws IOException {
        write(WriteOptions.DEFAULT.withSharding(Sharding.ofCount(3)), out -> {
            out.shard(2);
            out.addSlice("foo", slice("5 10 -:1,9"), ValueSource.of(floats(45, 1)));
            out.shard(1);
            out.addSlice("foo", slice("5 10 -:0,1"), ValueSource.of(floats(5, 0)));
        });
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            TensorInfo foo = checkpoint.find("foo").orElseThrow();
            assertThat(foo.slices()).map(Object::toString).containsExactly("-:1,9", "-:0,1");
            assertThat(checkpoint.tensor("foo").toFloatArray()).startsWith(0, 1, 1);
            assertThat(checkpoint.shardCount()).isEqualTo(3);
        }
        isIntact(prefix());
        assertThat(Files.size(Folder.sibling(prefix(), ".data-00000-of-00003"))).isZero();
        assertThat(Files.size(Folder.sibling(prefix(), ".data-00002-of-00003"))).isEqualTo(180);
    }

    @Test
    void aTensorGoesToTheDataFileThatHoldsTheFewestBytes() throws IOException {
        write(WriteOptions.DEFAULT.withSharding(Sharding.ofCount(2)), out -> {
            out.add("a", Shape.of(3), ValueSource.of(1f, 2, 3));
            out.add("b", Shape.of(1), ValueSource.of(1f));
            out.add("c", Shape.of(1), ValueSource.of(1f));
            out.add("d", Shape.of(1), ValueSource.of(1f));
            out.add("e", Shape.of(1), ValueSource.of(1f));
        });
        assertThat(storage("a").shard()).isZero();
        assertThat(storage("b").shard()).isEqualTo(1);
        assertThat(storage("d").shard()).isEqualTo(1);
        assertThat(storage("e").shard()).isZero();
        isIntact(prefix());
    }

    @Test
    void aDataFileOfASizeIsFollowedByAnother() throws IOException {
        write(WriteOptions.DEFAULT.withSharding(Sharding.ofMaxBytes(8)), out -> {
            out.add("a", SCALAR, ValueSource.of(1f));
            out.add("b", SCALAR, ValueSource.of(1f));
            out.add("c", SCALAR, ValueSource.of(1f));
            out.add("large", Shape.of(3), ValueSource.of(1f, 2, 3));
            out.add("e", SCALAR, ValueSource.of(1f));
        });
        assertThat(Folder.names(directory)).hasSize(5).contains("ckpt.data-00003-of-00004");
        assertThat(storage("b").shard()).isZero();
        assertThat(storage("c").shard()).isEqualTo(1);
        assertThat(storage("large").shard()).isEqualTo(2);
        assertThat(storage("e").shard()).isEqualTo(3);
        isIntact(prefix());
    }

    @Test
    void valuesAreComputedPartByPart() throws IOException {
        ValueSource doubled = ValueSource.ofParts(DataType.DT_INT32, consumer -> {
            for (int i = 0; i < 3; i++) {
                ByteOrder order = i == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
                consumer.accept(
                        ByteBuffer.allocate(4).order(order).putInt(2 * i).flip());
            }
        });
        assertThat(doubled.dtype()).isEqualTo(DataType.DT_INT32);
        write(out -> {
            out.add("v", Shape.of(3), doubled);
            out.add("w", Shape.of(3, 1), doubled);
        });
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            assertThat(checkpoint.tensor("v").toIntArray()).containsExactly(0, 2, 4);
            assertThat(checkpoint.tensor("w").toIntArray()).containsExactly(0, 2, 4);
        }
    }

    @Test
    void valuesComeThroughAChannelAsManyAsTheShapeTakes() throws IOException {
        byte[] stream = new byte[400_000 + 4];
        stream[399_999] = 1;
        var channel = Channels.newChannel(new ByteArrayInputStream(stream));
        write(out -> {
            out.add("v", Shape.of(100_000), ValueSource.of(DataType.DT_INT32, channel, ByteOrder.BIG_ENDIAN));
            out.add("w", SCALAR, ValueSource.of(DataType.DT_INT32, channel, ByteOrder.BIG_ENDIAN));
        });
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            assertThat(checkpoint.tensor("v").toIntArray()[99_999]).isEqualTo(1);
        }
        assertThatThrownBy(() -> write(
                        out -> out.add("w", SCALAR, ValueSource.of(DataType.DT_INT32, channel, ByteOrder.BIG_ENDIAN))))
                .hasRootCauseInstanceOf(EOFException.class)
                .hasMessageContaining("end after 0 of 4 bytes");
        isIntact(prefix());
    }

    @Test
    void largeArraysAreWrittenInParts() throws IOException {
        double[] values = new double[300_001];
        Arrays.setAll(values, i -> i);
        write(out -> {
            out.add("d", Shape.of(300_001), ValueSource.of(values));
            out.add("b", Shape.of(100_000), ValueSource.of(new boolean[100_000]));
        });
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            assertThat(checkpoint.tensor("d").toDoubleArray()).isEqualTo(values);
        }
    }

    // What is refused.

    private CheckpointWriter open() throws IOException {
        return CheckpointWriter.open(prefix());
    }

    private void refuses(String message, Writing first, Writing second) throws IOException {
        try (CheckpointWriter out = open()) {
            first.to(out);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> second.to(out))
                    .withMessageContaining(message);
            assertThatIllegalStateException()
                    .isThrownBy(out::finish)
                    .withMessageStartingWith("the writer has failed before: ");
            assertThat(Folder.names(directory)).isEmpty();
        }
        assertThat(Folder.names(directory)).isEmpty();
    }

    @Test
    @DisplayName("WR-01 the same key twice: nothing is left behind")
    void duplicateKey() throws IOException {
        refuses(
                "Adding duplicate key: foo",
                out -> out.add("foo", SCALAR, ValueSource.of(1f)),
                out -> out.add("foo", SCALAR, ValueSource.of(2f)));
        refuses(
                "Adding duplicate key: foo",
                out -> out.addSlice("foo", slice("2 3 0,1:-"), ValueSource.of(floats(3, 1))),
                out -> out.add("foo", Shape.of(2, 3), ValueSource.of(floats(6, 1))));
        refuses(
                "Adding duplicate key: foo",
                out -> out.add("foo", Shape.of(2, 3), ValueSource.of(floats(6, 1))),
                out -> out.addSlice("foo", slice("2 3 0,1:-"), ValueSource.of(floats(3, 1))));
    }

    @Test
    @DisplayName("WR-02 finish twice")
    void finishTwice() throws IOException {
        try (CheckpointWriter out = open()) {
            out.finish();
            assertThatIllegalStateException()
                    .isThrownBy(out::finish)
                    .withMessage("the writer is closed (TensorFlow: \"BundleWriter is closed\")");
            assertThatIllegalStateException()
                    .isThrownBy(() -> out.add("v", SCALAR, ValueSource.of(1f)))
                    .withMessage("the writer is closed (TensorFlow: \"BundleWriter is closed\")");
        }
        isIntact(prefix());
    }

    @Test
    @DisplayName("WR-03 an empty key; a resource; what no checkpoint holds")
    void impossibleTensors() throws IOException {
        refuses("a tensor's name is empty", out -> {}, out -> out.add("", SCALAR, ValueSource.of(1f)));
        for (DataType dtype : List.of(DataType.DT_RESOURCE, DataType.UNKNOWN, DataType.DT_INVALID)) {
            refuses(
                    dtype.name(),
                    out -> {},
                    out -> out.add("v", SCALAR, ValueSource.of(dtype, ByteBuffer.allocate(8))));
        }
        refuses("'v' cannot have the shape [-1]", out -> {}, out -> out.add("v", Shape.of(-1), ValueSource.of(1f)));
        refuses("more values than", out -> {}, out -> out.add("v", SCALAR, ValueSource.of(1f, 2)));
        refuses("fewer values than", out -> {}, out -> out.add("v", Shape.of(3), ValueSource.of(1f, 2)));
        refuses("2 values for the shape [3]", out -> {}, out -> out.add("v", Shape.of(3), ValueSource.of("a", "b")));
    }

    @Test
    @DisplayName("WR-04 a tensor that is not of the slice's shape")
    void wrongShape() throws IOException {
        write(out -> out.add("v", Shape.of(2, 3), ValueSource.of(floats(6, 1))));
        Path other = directory.resolve("other");
        try (Checkpoint source = Checkpoint.open(prefix());
                CheckpointWriter out = CheckpointWriter.open(other)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> out.addSlice("v", slice("2 3 0,1:-"), ValueSource.of(source.tensor("v"))))
                    .withMessage("Slice in shape_and_slice specification does not match the shape of the tensor to  "
                            + "save: 2 3 0,1:-, tensor: [2,3]");
        }
    }

    @Test
    @DisplayName("WR-05 the same slice twice")
    void duplicateSlice() throws IOException {
        Writing add = out -> out.addSlice("v", slice("2 3 0,1:-"), ValueSource.of(floats(3, 1)));
        refuses("Adding duplicate key: \0v\0\1\1\2", add, add);
    }

    @Test
    @DisplayName("WR-06 SS-05 SS-07 slices that overlap, or contradict the ones before")
    void contradictingSlices() throws IOException {
        Writing first = out -> out.addSlice("v", slice("2 3 0,1:-"), ValueSource.of(floats(3, 1)));
        refuses(
                "Overlapping slices: existing slice = 0,1:-, new slice = 0,1:0,2",
                first,
                out -> out.addSlice("v", slice("2 3 0,1:0,2"), ValueSource.of(floats(2, 1))));
        refuses(
                "Incompatible tensor shapes detected for tensor v: existing = [2,3], new = [3,3]",
                first,
                out -> out.addSlice("v", slice("3 3 1,1:-"), ValueSource.of(floats(3, 1))));
        refuses(
                "Incompatible tensor types detected for tensor v: existing = float, new = int32",
                first,
                out -> out.addSlice("v", slice("2 3 1,1:-"), ValueSource.of(1, 2, 3)));
    }

    @Test
    @DisplayName("WR-07 a failure in the middle leaves nothing")
    void givenUp() throws IOException {
        try (CheckpointWriter out = open()) {
            out.add("v", SCALAR, ValueSource.of(1f));
            assertThat(Folder.names(directory)).hasSize(2).allMatch(name -> name.contains(".tfckpt-tmp-"));
        }
        assertThat(Folder.names(directory)).isEmpty();
    }

    // What is there already.

    @Test
    void aCheckpointThatIsThereIsNotReplacedUnasked() throws IOException {
        write(out -> out.add("v", SCALAR, ValueSource.of(1f)));
        assertThatThrownBy(this::open)
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("ckpt.index: already exists");
        Files.delete(Folder.sibling(prefix(), ".index"));
        assertThatThrownBy(this::open).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(Folder.names(directory)).hasSize(1);
    }

    @Test
    void whatAppearsMeanwhileIsNotReplacedEither() throws IOException {
        try (CheckpointWriter out = open()) {
            out.add("v", SCALAR, ValueSource.of(1f));
            Files.writeString(Folder.sibling(prefix(), ".index"), "somebody else's");
            assertThatThrownBy(out::finish).isInstanceOf(FileAlreadyExistsException.class);
        }
        assertThat(Folder.names(directory)).containsExactly("ckpt.index");
    }

    @Test
    @DisplayName("WR-08 a checkpoint is replaced, with as many data files or with others")
    void replaced() throws IOException {
        int[] counts = {1, 1, 3, 3, 2, 1, 2};
        for (int i = 0; i < counts.length; i++) {
            float value = i;
            write(
                    WriteOptions.DEFAULT.overwriting().withSharding(Sharding.ofCount(counts[i])),
                    out -> out.add("v", SCALAR, ValueSource.of(value)));
            assertThat(Folder.names(directory)).hasSize(1 + counts[i]).contains("ckpt.index");
            isIntact(prefix());
            try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
                assertThat(checkpoint.shardCount()).isEqualTo(counts[i]);
                assertThat(checkpoint.tensor("v").toFloatArray()).containsExactly(value);
            }
        }
    }

    @Test
    void aCheckpointIsWrittenOverTheOneThatItIsCopiedFrom() throws IOException {
        write(out -> {
            out.add("v", SCALAR, ValueSource.of(1f));
            out.add("w", SCALAR, ValueSource.of("text"));
        });
        try (Checkpoint source = Checkpoint.open(prefix())) {
            write(out -> {
                for (TensorInfo info : source.tensors().toList()) {
                    out.copy(source, info, "new/" + info.name());
                }
            });
        }
        isIntact(prefix());
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            assertThat(checkpoint.tensor("new/w").toStringArray()).containsExactly("text");
        }
    }

    @Test
    void twoWritersOfOneCheckpointAreOneTooMany() throws IOException {
        try (CheckpointWriter first = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("Another writer is writing the checkpoint");
            first.add("v", SCALAR, ValueSource.of(1f));
            first.finish();
        }
        isIntact(prefix());
    }

    @Test
    void whatIsNoPrefixIsRefused() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CheckpointWriter.open(directory.resolve("ckpt.index")))
                .withMessageContaining("use the prefix");
        assertThatThrownBy(() -> CheckpointWriter.open(directory.resolve("a/b/ckpt")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("the directory '" + directory.resolve("a/b")
                        + "' cannot be created because its parent does not exist (TensorFlow: \"Parent directory of "
                        + directory.resolve("a/b/ckpt") + " doesn't exist, can't save.\")");
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> CheckpointWriter.open(file.resolve("ckpt")))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("a checkpoint cannot be written to '" + file + "', which is not a directory");
    }

    @Test
    void oneDirectoryIsMadeAsTensorFlowDoes() throws IOException {
        Path prefix = directory.resolve("a/ckpt");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.finish();
        }
        isIntact(prefix);
    }

    @Test
    void namesAreBytes() throws IOException {
        List<String> names = List.of("ä/名", "\0", "a\nb", "x".repeat(10_000), "\uDCFF\uDC80", " ");
        write(out -> {
            for (String name : names) {
                out.add(name, SCALAR, ValueSource.of(name));
            }
        });
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            for (String name : names) {
                assertThat(checkpoint.tensor(name).toStringArray()).containsExactly(name);
            }
        }
        isIntact(prefix());
    }

    // Copies.

    @Test
    void damageIsNotCopied() throws IOException {
        write(out -> {
            out.add("v", Shape.of(2), ValueSource.of(1f, 2));
            out.add("w", Shape.of(2), ValueSource.of("a", "b"));
        });
        Path file = Folder.sibling(prefix(), ".data-00000-of-00001");
        for (int damaged : new int[] {0, 8, 10, 14}) {
            byte[] bytes = Folder.bytes(file);
            bytes[damaged] ^= 1;
            Files.write(file, bytes);
            for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
                Path other = directory.resolve("other");
                try (Checkpoint source = Checkpoint.open(prefix(), ReadOptions.DEFAULT.withoutChecksums());
                        CheckpointWriter out = CheckpointWriter.open(other, WriteOptions.DEFAULT.withOrder(order))) {
                    TensorInfo info = source.find(damaged < 8 ? "v" : "w").orElseThrow();
                    assertThatThrownBy(() -> out.copy(source, info, "copy")).isInstanceOf(DataLossException.class);
                    assertThatIllegalStateException().isThrownBy(out::finish);
                }
            }
            bytes[damaged] ^= 1;
            Files.write(file, bytes);
        }
        assertThat(Folder.names(directory)).hasSize(2);
    }

    // Data files of others.

    private static final WriteOptions LINKING = WriteOptions.DEFAULT.withSharding(Sharding.ofMaxBytes(Long.MAX_VALUE));

    private void rename(WriteOptions options, Path to, boolean more) throws IOException {
        try (Checkpoint source = Checkpoint.open(prefix());
                CheckpointWriter out = CheckpointWriter.open(to, options)) {
            for (int shard = 0; shard < source.shardCount(); shard++) {
                assertThat(out.linkShard(source, shard, Linking.PREFERRED)).isTrue();
            }
            for (TensorInfo info : source.tensors().toList()) {
                out.addReference(source, info, "new/" + info.name());
            }
            if (more) {
                out.add("more", SCALAR, ValueSource.of(5f));
            }
            out.finish();
        }
    }

    @Test
    void namesChangeWithoutTouchingData() throws IOException {
        write(WriteOptions.DEFAULT.withSharding(Sharding.ofCount(2)), out -> {
            out.shard(0);
            out.add("v", SCALAR, ValueSource.of(1f));
            out.addSlice("p", slice("2 2 0,1:-"), ValueSource.of(1f, 2));
            out.shard(1);
            out.addSlice("p", slice("2 2 1,1:-"), ValueSource.of(3f, 4));
            out.add("w", Shape.of(2), ValueSource.of("a", "b"));
        });
        Path renamed = directory.resolve("renamed");
        rename(LINKING, renamed, false);
        for (String end : List.of(".data-00000-of-00002", ".data-00001-of-00002")) {
            assertThat(Files.isSameFile(Folder.sibling(prefix(), end), Folder.sibling(renamed, end)))
                    .isTrue();
        }
        assertThat(Folder.names(directory)).hasSize(6);
        isIntact(renamed);
        rename(LINKING.overwriting(), prefix(), true);
        assertThat(Folder.names(directory)).hasSize(7).contains("ckpt.data-00002-of-00003");
        isIntact(prefix());
        rename(LINKING.overwriting(), prefix(), false);
        isIntact(prefix());
        try (Checkpoint checkpoint = Checkpoint.open(prefix())) {
            assertThat(checkpoint.tensors().map(TensorInfo::name))
                    .containsExactly("new/more", "new/new/p", "new/new/v", "new/new/w");
            assertThat(checkpoint.tensor("new/new/p").toFloatArray()).containsExactly(1, 2, 3, 4);
        }
        isIntact(renamed);
    }

    @Test
    void dataFilesAreTakenOverWhereThatMakesSense() throws IOException {
        write(out -> out.add("v", SCALAR, ValueSource.of(1f)));
        Path other = directory.resolve("other");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rename(LINKING.withOrder(ByteOrder.BIG_ENDIAN), other, false));
        Files.delete(Folder.sibling(prefix(), ".data-00000-of-00001"));
        assertThatThrownBy(() -> rename(LINKING, other, false))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("No such file");
        assertThat(Folder.names(directory)).containsExactly("ckpt.index");
    }
}
