package org.tfckpt.format.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.format.MessageFields;
import org.tfckpt.io.Varint;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.proto.TensorSliceProto;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.BundleBuilder;

/** Records of any size are decoded to what the generated classes read, whether they are parsed as a whole or in parts. */
class BundleEntryTest {
    private static final int RECORDS = 3000;

    @ParameterizedTest
    @ValueSource(strings = {"0a0210050a040800100a0a04080e10010a0208010a00", "0a0210050a02100a0a04080e10010a0208010a00"})
    @DisplayName("SL-11 extents of a record, the start spelled out or not")
    void sl11_extents(String slice) throws IOException {
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(new byte[] {0x3a, (byte) (slice.length() / 2)});
        record.writeBytes(HexFormat.of().parseHex(slice));
        assertThat(BundleEntry.decode("v", buffer(record.toByteArray())).slices())
                .singleElement()
                .hasToString("0,5:0,10:14,1:1,-1:-");
    }

    @Test
    void entriesAreDecodedAsProtobufDoes() throws IOException {
        for (int seed = 0; seed < RECORDS; seed++) {
            byte[] record = entry(new Random(seed)).toByteArray();
            assertDecoded(seed, record);
        }
    }

    @Test
    void twoRecordsInOneAreMergedAsProtobufDoes() throws IOException {
        for (int seed = 0; seed < RECORDS; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            entry(random).writeTo(both);
            entry(random).writeTo(both);
            assertDecoded(seed, both.toByteArray());
        }
    }

    @Test
    void damagedEntriesAreRefusedOrDecodedAsProtobufDoes() throws IOException {
        for (int seed = 0; seed < 10 * RECORDS; seed++) {
            byte[] record = damaged(entry(new Random(seed)).toByteArray(), new Random(seed));
            assertDecoded(seed, record);
        }
    }

    private static void assertDecoded(int seed, byte[] record) throws IOException {
        Object expected = outcome(() -> expected(record));
        assertThat(outcome(() -> BundleEntry.decode("v", buffer(record))))
                .as("seed %d: %s", seed, HexFormat.of().formatHex(record))
                .isEqualTo(expected);
        if (!hasEndlessNumber(() -> expected(record))
                && !hasEndlessNumber(() -> BundleEntry.decodeLarge("v", buffer(record)))) {
            assertThat(outcome(() -> BundleEntry.decodeLarge("v", buffer(record))))
                    .as("seed %d in parts: %s", seed, HexFormat.of().formatHex(record))
                    .isEqualTo(expected);
        }
    }

    /** Whether protobuf reads a number of more than ten bytes depends on the width that it expects. */
    private static boolean hasEndlessNumber(Decoding decoding) throws IOException {
        try {
            return decoding.run() == null;
        } catch (InvalidProtocolBufferException e) {
            return String.valueOf(e.getMessage()).contains("malformed varint");
        }
    }

    private static BundleEntryProto entry(Random random) {
        BundleEntryProto.Builder entry = BundleEntryProto.newBuilder()
                .setDtypeValue(random.nextInt(40) - 2)
                .setShardId(random.nextInt(3) == 0 ? random.nextInt() : 0)
                .setOffset(random.nextLong() >>> random.nextInt(64))
                .setSize(random.nextLong() >> random.nextInt(64))
                .setCrc32C(random.nextInt());
        for (int axis = random.nextInt(7); axis > 0; axis--) {
            entry.getShapeBuilder().addDimBuilder().setSize(random.nextInt(4) - 1);
        }
        for (int i = random.nextInt(4) - 1; i > 0; i--) {
            TensorSliceProto.Builder slice = entry.addSlicesBuilder();
            for (int axis = random.nextInt(7); axis > 0; axis--) {
                TensorSliceProto.Extent.Builder extent =
                        slice.addExtentBuilder().setStart(random.nextInt(3));
                if (random.nextBoolean()) {
                    extent.setLength(random.nextInt(3));
                }
            }
        }
        if (random.nextInt(4) == 0) {
            entry.setUnknownFields(BundleBuilder.unknownFields());
        }
        return entry.build();
    }

    private static TensorInfo expected(byte[] record) throws IOException {
        BundleEntryProto entry = BundleEntryProto.parseFrom(record);
        List<TensorSlice> slices = entry.getSlicesList().stream()
                .map(slice -> TensorSlice.ofExtents(
                        slice.getExtentList().stream()
                                .mapToLong(TensorSliceProto.Extent::getStart)
                                .toArray(),
                        slice.getExtentList().stream()
                                .mapToLong(e -> e.hasLength() ? e.getLength() : TensorSlice.FULL)
                                .toArray()))
                .toList();
        Shape shape = Shape.of(entry.getShape().getDimList().stream()
                .mapToLong(dim -> dim.getSize())
                .toArray());
        TensorInfo.Storage storage =
                new TensorInfo.Storage(entry.getShardId(), entry.getOffset(), entry.getSize(), entry.getCrc32C());
        boolean whole = slices.isEmpty() || slices.equals(List.of(TensorSlice.full(shape.rank())));
        return whole
                ? new TensorInfo("v", entry.getDtypeValue(), shape, storage, List.of())
                : new TensorInfo("v", entry.getDtypeValue(), shape, null, slices);
    }

    private static byte[] damaged(byte[] record, Random random) {
        byte[] damaged =
                random.nextBoolean() ? record.clone() : Arrays.copyOf(record, random.nextInt(record.length + 1));
        for (int i = random.nextInt(3); i > 0 && damaged.length > 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        return damaged;
    }

    private static ByteBuffer buffer(byte[] record) {
        return ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    }

    private interface Decoding {
        Object run() throws IOException;
    }

    private static Object outcome(Decoding decoding) throws IOException {
        try {
            return decoding.run();
        } catch (InvalidProtocolBufferException refused) {
            return "refused";
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0c",
                "08010c",
                "0b0c0c",
                "53541c",
                "12010c",
                "120312010c",
                "3a010c",
                "3a030a010c",
                "0b",
                "5308011c"
            })
    void endsOfGroupsThatNeverBeganAreRefused(String hex) throws IOException {
        byte[] record = HexFormat.of().parseHex(hex);
        assertThat(outcome(() -> expected(record))).isEqualTo("refused");
        assertDecoded(0, record);
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        byte[] groups = new byte[100_000];
        Arrays.fill(groups, (byte) 0x53);
        for (int length : new int[] {1000, groups.length}) {
            ByteBuffer record = buffer(Arrays.copyOf(groups, length));
            assertRefused(() -> BundleEntry.decode("v", record));
            assertRefused(() -> BundleEntry.decodeLarge("v", record));
            assertRefused(() -> MessageFields.parse(BundleHeaderProto.parser(), record));
        }
    }

    private static void assertRefused(ThrowingCallable decoding) {
        assertThatExceptionOfType(InvalidProtocolBufferException.class).isThrownBy(decoding);
    }

    @ParameterizedTest
    @CsvSource({"3a00, 65536, 65537", "12021200, 1024, 1025", "3a020a00, 65536, 65537"})
    void moreSlicesOrDimensionsThanAnyTensorHasAreRefused(String field, int most, int tooMany) throws IOException {
        assertThat(BundleEntry.decode("v", repeated(field, most)).name()).isEqualTo("v");
        assertRefused(() -> BundleEntry.decode("v", repeated(field, tooMany)));
        assertRefused(() -> BundleEntry.decode("v", repeated(field, 5_000_000)));
    }

    @Test
    void aShapeOrASliceOfEmptyDimensionsIsRefusedBeforeItIsParsed() {
        for (byte tag : new byte[] {0x12, 0x3a}) {
            ByteBuffer record = ByteBuffer.allocate(20_000_001);
            record.put(tag);
            Varint.write64(record, record.capacity() - 5);
            while (record.hasRemaining()) {
                record.put((byte) (tag == 0x12 ? 0x12 : 0x0a)).put((byte) 0);
            }
            assertRefused(() -> BundleEntry.decode("v", record.flip()));
        }
    }

    private static ByteBuffer repeated(String field, int count) {
        byte[] bytes = HexFormat.of().parseHex(field);
        ByteBuffer record = ByteBuffer.allocateDirect(bytes.length * count);
        for (int i = 0; i < count; i++) {
            record.put(bytes);
        }
        return record.flip();
    }

    @Test
    void groupsOfOldAreSkipped() throws IOException {
        UnknownFieldSet group = UnknownFieldSet.newBuilder()
                .addField(
                        10,
                        UnknownFieldSet.Field.newBuilder()
                                .addGroup(BundleBuilder.unknownFields())
                                .build())
                .build();
        ByteString.Output out = ByteString.newOutput();
        CodedOutputStream coded = CodedOutputStream.newInstance(out);
        group.writeTo(coded);
        BundleEntryProto.newBuilder().setSize(7).build().writeTo(coded);
        coded.flush();
        assertThat(BundleEntry.decode("v", buffer(out.toByteString().toByteArray()))
                        .storage()
                        .size())
                .isEqualTo(7);
    }
}
