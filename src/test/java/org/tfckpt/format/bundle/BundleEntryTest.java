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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.format.Versions;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.proto.TensorSliceProto;
import org.tfckpt.proto.VersionDef;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.BundleBuilder;

/** The records that are decoded by hand must come out as protobuf's own classes have them. */
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
            assertThat(BundleEntry.decode("v", buffer(record)))
                    .as("seed %d", seed)
                    .isEqualTo(expected(record));
        }
    }

    @Test
    void twoRecordsInOneAreMergedAsProtobufDoes() throws IOException {
        for (int seed = 0; seed < RECORDS; seed++) {
            Random random = new Random(seed);
            ByteArrayOutputStream both = new ByteArrayOutputStream();
            entry(random).writeTo(both);
            entry(random).writeTo(both);
            assertThat(BundleEntry.decode("v", buffer(both.toByteArray())))
                    .as("seed %d", seed)
                    .isEqualTo(expected(both.toByteArray()));
        }
    }

    @Test
    void damagedEntriesAreRefusedOrDecodedAsProtobufDoes() throws IOException {
        for (int seed = 0; seed < 10 * RECORDS; seed++) {
            byte[] record = damaged(entry(new Random(seed)).toByteArray(), new Random(seed));
            if (isNameOfADimension(record) || hasEndlessVarint(record)) {
                continue;
            }
            assertThat(outcome(() -> BundleEntry.decode("v", buffer(record))))
                    .as("seed %d: %s", seed, HexFormat.of().formatHex(record))
                    .isEqualTo(outcome(() -> expected(record)));
        }
    }

    @Test
    void damagedHeadersAreRefusedOrDecodedAsProtobufDoes() throws IOException {
        for (int seed = 0; seed < 10 * RECORDS; seed++) {
            byte[] record = damaged(header(new Random(seed)).toByteArray(), new Random(seed));
            assertThat(outcome(() -> BundleHeader.decode(buffer(record))))
                    .as("seed %d: %s", seed, HexFormat.of().formatHex(record))
                    .isEqualTo(outcome(() -> expectedHeader(record)));
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

    private static BundleHeaderProto header(Random random) {
        BundleHeaderProto.Builder header = BundleHeaderProto.newBuilder()
                .setNumShards(random.nextInt(5) - 1)
                .setEndiannessValue(random.nextInt(3));
        VersionDef.Builder version =
                header.getVersionBuilder().setProducer(random.nextInt(4) - 1).setMinConsumer(random.nextInt(4) - 1);
        for (int i = random.nextInt(4); i > 0; i--) {
            version.addBadConsumers(random.nextInt(500) - 10);
        }
        if (random.nextInt(4) == 0) {
            header.setUnknownFields(BundleBuilder.unknownFields());
        }
        return header.build();
    }

    private static BundleHeader expectedHeader(byte[] record) throws IOException {
        BundleHeaderProto header = BundleHeaderProto.parseFrom(record);
        VersionDef version = header.getVersion();
        return new BundleHeader(
                header.getNumShards(),
                header.getEndiannessValue(),
                new Versions(version.getProducer(), version.getMinConsumer(), version.getBadConsumersList()));
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
        } catch (InvalidProtocolBufferException | MalformedBytesException refused) {
            return "refused";
        }
    }

    /** Protobuf for Java takes a tenth byte that says that there is an eleventh; its C++ and we do not. */
    private static boolean hasEndlessVarint(byte[] record) {
        try {
            return BundleEntry.decode("v", buffer(record)) == null;
        } catch (MalformedBytesException e) {
            return String.valueOf(e.getMessage()).contains("more than ten bytes");
        }
    }

    /** Protobuf reads the names of dimensions, of which there are none, and so minds what they are made of. */
    private static boolean isNameOfADimension(byte[] record) throws IOException {
        try {
            return BundleEntryProto.parseFrom(record) == null;
        } catch (InvalidProtocolBufferException e) {
            return String.valueOf(e.getMessage()).contains("UTF-8");
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
        assertThat(outcome(() -> BundleEntry.decode("v", buffer(record)))).isEqualTo("refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0c", "08010c", "0b0c0c", "1a010c", "1a0408010c08"})
    void endsOfGroupsThatNeverBeganAreRefusedInHeadersToo(String hex) throws IOException {
        byte[] record = HexFormat.of().parseHex(hex);
        assertThat(outcome(() -> expectedHeader(record))).isEqualTo("refused");
        assertThat(outcome(() -> BundleHeader.decode(buffer(record)))).isEqualTo("refused");
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        byte[] groups = new byte[100_000];
        Arrays.fill(groups, (byte) 0x53);
        assertThatExceptionOfType(MalformedBytesException.class)
                .isThrownBy(() -> BundleEntry.decode("v", buffer(groups)));
        assertThatExceptionOfType(MalformedBytesException.class).isThrownBy(() -> BundleHeader.decode(buffer(groups)));
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
