package org.tfckpt.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.testing.V1Builder.floats;
import static org.tfckpt.testing.V1Builder.ints;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.proto.SavedTensorSliceMeta;
import org.tfckpt.proto.SavedTensorSlices;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.V1Builder;

@DisplayName("V1 checkpoints that are damaged, or made to harm")
class V1HostileTest {
    private static final long[] SCALAR = {};

    @TempDir
    Path directory;

    private Path file(String name) {
        return directory.resolve(name);
    }

    private Checkpoint open(V1Builder builder) throws Exception {
        return Checkpoint.open(builder.write(file("model.ckpt")));
    }

    private static List<Problem> problems(Checkpoint checkpoint) throws Exception {
        List<Problem> problems = new ArrayList<>();
        checkpoint.verify(problems::add);
        return problems;
    }

    @Test
    void damagedBlocksAreReportedAndDoNotHideOthers() throws Exception {
        V1Builder builder = new V1Builder().layout(64, 4, false);
        for (int i = 0; i < 20; i++) {
            builder.tensor(
                    "v" + i,
                    DataType.DT_INT32,
                    new long[] {20},
                    ints(IntStream.range(i, i + 20).toArray()));
        }
        byte[] bytes = builder.toBytes();
        int middle = bytes.length / 2;
        bytes[middle] ^= 1;
        Files.write(file("damaged"), bytes);
        try (Checkpoint checkpoint = Checkpoint.open(file("damaged"))) {
            List<Problem> problems = problems(checkpoint);
            assertThat(problems).extracting(Problem::kind).contains(ProblemKind.BLOCK_CHECKSUM);
            assertThat(problems).hasSizeLessThan(6);
            int readable = 0;
            for (int i = 0; i < 20; i++) {
                try {
                    assertThat(checkpoint.tensor("v" + i).toIntArray()[0]).isEqualTo(i);
                    readable++;
                } catch (DataLossException expected) {
                    assertThat(expected).hasMessageContaining("block checksum mismatch");
                }
            }
            assertThat(readable).isBetween(15, 19);
        }
    }

    @Test
    void aBlockThatClaimsTwoGibibytesUncompressedIsRefused() {
        byte[] claim = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7, 0, 'x'};
        V1Builder builder = new V1Builder()
                .tensor("v", DataType.DT_INT32, SCALAR, ints(1))
                .table(table -> table.block(0, block -> block.withStored(claim).withType(1)));
        assertThatThrownBy(() -> open(builder))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("corrupted compressed block contents");
    }

    @Test
    void recordsThatNobodyListsOrThatSayOtherwiseAreReported() throws Exception {
        V1Builder builder = new V1Builder()
                .tensor("v", DataType.DT_INT32, SCALAR, ints(1))
                .rawSlice("x", TensorSlice.full(0), "x")
                .record(new byte[] {'k'}, new byte[0])
                .rawSlice("v", TensorSlice.full(0), "other", (byte) 0x38, (byte) 1);
        try (Checkpoint checkpoint = open(builder)) {
            assertThat(checkpoint.tensor("v").toIntArray()).containsExactly(1);
            assertThat(problems(checkpoint))
                    .extracting(Problem::kind)
                    .containsExactlyInAnyOrder(ProblemKind.SLICES, ProblemKind.ENTRY, ProblemKind.ENTRY);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {3, 1L << 31, 1L << 40, Long.MAX_VALUE})
    void shapesThatTheRecordsCannotHoldAreRefusedBeforeAnythingIsAllocated(long elements) throws Exception {
        V1Builder builder = new V1Builder();
        for (DataType dtype : List.of(DataType.DT_INT32, DataType.DT_FLOAT, DataType.DT_BOOL, DataType.DT_STRING)) {
            builder.tensor(dtype.name(), dtype, new long[] {2}, values(dtype, 1, 2))
                    .list(dtype.name(), m -> m.setShape(BundleBuilder.shape(elements)));
        }
        try (Checkpoint checkpoint = open(builder)) {
            for (TensorInfo info : checkpoint.tensors().toList()) {
                Tensor tensor = checkpoint.tensor(info);
                assertThatThrownBy(tensor::check).as(info.toString()).isInstanceOf(CheckpointException.class);
                assertThatThrownBy(() -> tensor.slice("0,1").check())
                        .as(info.toString())
                        .isInstanceOf(CheckpointException.class);
            }
            assertThat(problems(checkpoint)).isNotEmpty();
        }
    }

    @Test
    void everyFlippedByteGivesAnExceptionOrTheSameValues() throws Exception {
        byte[] good = new V1Builder()
                .slice("v", DataType.DT_INT32, new long[] {4}, "0,2", ints(0, 1))
                .slice("v", DataType.DT_INT32, new long[] {4}, "2,2", ints(2, 3))
                .tensor(
                        "s",
                        DataType.DT_STRING,
                        SCALAR,
                        TensorProto.newBuilder().addStringVal(ByteString.copyFromUtf8("x")))
                .toBytes();
        for (int i = 0; i < good.length; i++) {
            byte[] bytes = good.clone();
            bytes[i] ^= 0x41;
            Files.write(file("flipped"), bytes);
            try (Checkpoint checkpoint = Checkpoint.open(file("flipped"))) {
                problems(checkpoint);
                assertThat(checkpoint.tensor("v").toIntArray()).containsExactly(0, 1, 2, 3);
                assertThat(checkpoint.tensor("s").toStringArray()).containsExactly("x");
            } catch (CheckpointException refused) {
                assertThat(refused).hasMessageContaining("flipped");
            }
        }
    }

    @Test
    void listsMadeOfAnyBytesNeverGiveAnythingButTheExceptions() throws Exception {
        Random random = new Random(3);
        byte[] list = SavedTensorSlices.parseFrom(firstRecord()).toByteArray();
        for (int round = 0; round < 1500; round++) {
            byte[] bytes = Arrays.copyOf(list, random.nextInt(4) == 0 ? random.nextInt(list.length) : list.length);
            for (int flips = 1 + random.nextInt(3); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Path path = sliced().record(new byte[0], bytes).write(file("fuzzed"));
            try (Checkpoint checkpoint = Checkpoint.open(path)) {
                problems(checkpoint);
                for (TensorInfo info : checkpoint.tensors().toList()) {
                    checkpoint.tensor(info).check();
                }
            } catch (CheckpointException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
        }
    }

    private static V1Builder sliced() {
        return new V1Builder()
                .slice("v", DataType.DT_INT32, new long[] {2, 2}, "-:0,1", ints(0, 2))
                .slice("v", DataType.DT_INT32, new long[] {2, 2}, "-:1,1", ints(1, 3))
                .tensor("w", DataType.DT_FLOAT, new long[] {2}, floats(1, 2));
    }

    private static byte[] firstRecord() {
        SavedTensorSliceMeta.Builder meta = SavedTensorSliceMeta.newBuilder();
        V1Builder builder = sliced();
        meta.addTensor(builder.list("v", DataType.DT_INT32, new long[] {2, 2}));
        meta.addTensor(builder.list("w", DataType.DT_FLOAT, new long[] {2}));
        return SavedTensorSlices.newBuilder().setMeta(meta).build().toByteArray();
    }

    private static TensorProto.Builder values(DataType dtype, int... values) {
        TensorProto.Builder proto = TensorProto.newBuilder();
        for (int value : values) {
            switch (dtype) {
                case DT_FLOAT -> proto.addFloatVal(value);
                case DT_INT64 -> proto.addInt64Val(value);
                default -> proto.addIntVal(value);
            }
        }
        return proto;
    }
}
