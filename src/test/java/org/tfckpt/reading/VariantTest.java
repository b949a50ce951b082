package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.proto.VariantTensorDataProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;
import org.tfckpt.testing.Slices;
import org.tfckpt.testing.Variants;

@DisplayName("Tensors of variants")
class VariantTest {
    @TempDir
    Path directory;

    static Stream<ReadOptions> ways() {
        return Checkpoints.WAYS.stream();
    }

    private static byte[] testObject(String metadata, long value) {
        VariantTensorDataProto.Builder variant = Variants.variant("TEST VariantObject", metadata);
        variant.addTensorsBuilder().setDtypeValue(DataType.DT_INT64.number()).addInt64Val(value);
        return variant.build().toByteArray();
    }

    private Checkpoint open(BundleBuilder bundle) throws Exception {
        return Checkpoint.open(bundle.write(directory.resolve("ckpt")));
    }

    @ParameterizedTest
    @MethodSource("ways")
    @DisplayName("STR-13: type name, metadata and tensors come back")
    void roundTrip(ReadOptions options) throws Exception {
        BundleBuilder bundle = new BundleBuilder().floats("before", 1, 2, 3);
        Variants.add(bundle, "variant", new long[] {2}, testObject("test", 10), testObject("test1", 20));
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")), options)) {
            List<Tensor.Variant> variants = checkpoint.tensor("variant").variants();
            assertThat(variants).extracting(Tensor.Variant::typeName).containsOnly("TEST VariantObject");
            assertThat(variants)
                    .extracting(variant -> new String(variant.metadata(), StandardCharsets.UTF_8))
                    .containsExactly("test", "test1");
            assertThat(variants.get(0).tensors()).hasSize(1);
            assertThat(variants.get(0).tensors().get(0).toLongArray()).containsExactly(10);
            assertThat(variants.get(1).tensors().get(0).toLongArray()).containsExactly(20);
            assertThat(variants.get(1).tensors().get(0)).hasToString("variant[1].tensors[0] (DT_INT64) []");
            assertThat(checkpoint.tensor("variant").slice("1,1").variants())
                    .singleElement()
                    .satisfies(variant ->
                            assertThat(variant.metadata()).isEqualTo("test1".getBytes(StandardCharsets.UTF_8)));
            assertThat(checkpoint.verify(problem -> {}).isIntact()).isTrue();
            assertThatThrownBy(() -> variants.remove(0)).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    @Test
    @DisplayName("STR-14: the bytes of a TensorList")
    void tensorList() throws Exception {
        byte[] stored = HexFormat.of()
                .parseHex("38" + "0a1674656e736f72666c6f773a3a54656e736f724c697374" + "120c0003ffffffffffffffffff01"
                        + "1a07080312003a0107" + "1a07080312003a0108" + "1c3ec73c");
        byte[] message = Arrays.copyOfRange(stored, 1, 57);
        assertThat(Variants.stored(message)).isEqualTo(stored).hasSize(61);
        assertThat(Variants.entryChecksum(message)).isEqualTo(0x4ea0ebfa);
        try (Checkpoint checkpoint = open(Variants.add(new BundleBuilder(), "list", new long[0], message))) {
            Tensor.Variant list = checkpoint.tensor("list").variants().get(0);
            assertThat(list).hasToString("tensorflow::TensorList with 2 tensors");
            assertThat(list.metadata()).isEqualTo(HexFormat.of().parseHex("0003ffffffffffffffffff01"));
            assertThat(list.tensors())
                    .extracting(tensor -> tensor.toIntArray()[0])
                    .containsExactly(7, 8);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void theTensorListThatTensorFlowWrote(ReadOptions options) throws Exception {
        Corpus.Expected expected = Corpus.checkpoints().stream()
                .filter(checkpoint -> checkpoint.toString().contains("tf218-v2-variant"))
                .findFirst()
                .orElseThrow();
        Map<String, Object> wanted = Json.object(expected.tensors().get(0).get("tensor_list"));
        try (Checkpoint checkpoint = Checkpoint.open(expected.path(), options)) {
            Tensor.Variant list = checkpoint.tensor("list").variants().get(0);
            assertThat(list.tensors()).hasSize(3);
            ByteBuffer stacked = ByteBuffer.allocate(3 * 16);
            for (Tensor tensor : list.tensors()) {
                assertThat(tensor.shape()).hasToString("[2,2]");
                stacked.put(tensor.asByteBuffer());
            }
            byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(stacked.array());
            assertThat(HexFormat.of().formatHex(digest)).isEqualTo(wanted.get("sha256"));
        }
    }

    @Test
    @DisplayName("STR-15: a bad message, a bad checksum after an element")
    void damage() throws Exception {
        try (Checkpoint checkpoint =
                open(Variants.add(new BundleBuilder(), "v", new long[0], new byte[] {(byte) 0xff, (byte) 0xff}))) {
            assertThatThrownBy(() -> checkpoint.tensor("v").variants())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("Unable to parse VariantTensorDataProto from buffer of size 2."
                            + " Bundle entry offset: 0 size: 7");
            assertThat(problems(checkpoint)).containsExactly(ProblemKind.VARIANT);
        }
        byte[] first = testObject("a", 1);
        byte[] stored = Variants.stored(first, testObject("b", 2));
        for (int damaged : new int[] {1 + first.length, stored.length - 1}) {
            byte[] bytes = stored.clone();
            bytes[damaged] ^= 1;
            try (Checkpoint checkpoint =
                    open(new BundleBuilder().tensor("v", DataType.DT_VARIANT, new long[] {2}, bytes))) {
                assertThatThrownBy(() -> checkpoint.tensor("v").variants())
                        .isInstanceOf(DataLossException.class)
                        .hasMessageContaining("The checksum after Variant " + (damaged == 1 + first.length ? 0 : 1)
                                + " does not match. Expected: ");
            }
        }
        // Only the checksum of the entry is wrong.
        try (Checkpoint checkpoint =
                open(new BundleBuilder().tensor("v", DataType.DT_VARIANT, new long[] {2}, stored))) {
            assertThatThrownBy(() -> checkpoint.tensor("v").variants())
                    .hasMessageContaining("Checksum does not match: stored");
        }
    }

    @Test
    @DisplayName("BE-07: variants of a big-endian checkpoint are rejected")
    void bigEndian() throws Exception {
        BundleBuilder bundle = new BundleBuilder().bigEndian();
        try (Checkpoint checkpoint = open(Variants.add(bundle, "v", new long[0], testObject("a", 1)))) {
            assertThatThrownBy(() -> checkpoint.tensor("v").variants())
                    .isInstanceOf(UnsupportedFormatException.class)
                    .hasMessageContaining("is of a different endianness than this machine's hardware");
        }
    }

    @Test
    void variantsInSlicesArePutTogetherAgainAndAgain() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        Slices.whole(
                bundle, "v", DataType.DT_VARIANT, new long[] {3}, TensorSlice.parse("0,1"), TensorSlice.parse("1,2"));
        Variants.add(bundle, Slices.key("v", "0,1"), new long[] {1}, testObject("a", 1));
        Variants.add(bundle, Slices.key("v", "1,2"), new long[] {2}, testObject("b", 2), testObject("c", 3));
        try (Checkpoint checkpoint = open(bundle)) {
            Tensor tensor = checkpoint.tensor("v");
            for (int i = 0; i < 5; i++) {
                assertThat(tensor.variants())
                        .extracting(variant -> variant.tensors().get(0).toLongArray()[0])
                        .containsExactly(1L, 2L, 3L);
            }
            assertThat(problems(checkpoint)).isEmpty();
        }
    }

    @Test
    void everyCutIsRefused() throws Exception {
        byte[] stored = Variants.stored(testObject("a", 1), testObject("b", 2));
        for (int length = 0; length < stored.length; length++) {
            byte[] cut = Arrays.copyOf(stored, length);
            try (Checkpoint checkpoint =
                    open(new BundleBuilder().tensor("v", DataType.DT_VARIANT, new long[] {2}, cut))) {
                assertThatThrownBy(() -> checkpoint.tensor("v").variants())
                        .as("cut at " + length)
                        .isInstanceOf(DataLossException.class);
            }
        }
    }

    @Test
    void shapesAndSizesThatTheFileCannotHoldAreRefused() throws Exception {
        for (long count : new long[] {3, 1L << 31, 1L << 40}) {
            BundleBuilder bundle = Variants.add(new BundleBuilder(), "v", new long[] {1}, testObject("a", 1))
                    .entry("v", e -> e.setShape(BundleBuilder.shape(count)));
            try (Checkpoint checkpoint = open(bundle)) {
                assertThatThrownBy(() -> checkpoint.tensor("v").variants()).isInstanceOf(DataLossException.class);
            }
        }
        BundleBuilder bundle = Variants.add(new BundleBuilder(), "v", new long[] {1}, testObject("a", 1))
                .entry("v", e -> e.setSize(Long.MAX_VALUE));
        try (Checkpoint checkpoint = open(bundle)) {
            assertThatThrownBy(() -> checkpoint.tensor("v").variants()).isInstanceOf(DataLossException.class);
        }
    }

    @Test
    void variantsWithinVariantsAreReadToAnyHonestDepth() throws Exception {
        byte[] honest = nested(20);
        try (Checkpoint checkpoint = open(Variants.add(new BundleBuilder(), "v", new long[0], honest))) {
            Tensor.Variant variant = checkpoint.tensor("v").variants().get(0);
            for (int depth = 0; depth < 20; depth++) {
                Tensor inner = variant.tensors().get(0);
                assertThat(inner.dtype()).isEqualTo(DataType.DT_VARIANT);
                variant = inner.variants().get(0);
            }
            assertThat(variant.typeName()).isEqualTo("innermost");
        }
        byte[] hostile = nested(5_000);
        try (Checkpoint checkpoint = open(Variants.add(new BundleBuilder(), "v", new long[0], hostile))) {
            assertThatThrownBy(() -> checkpoint.tensor("v").variants())
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("nested");
        }
    }

    /** Builds the message from the innermost level. */
    private static byte[] nested(int depth) {
        ByteString message = VariantTensorDataProto.newBuilder()
                .setTypeName(ByteString.copyFromUtf8("innermost"))
                .build()
                .toByteString();
        for (int i = 0; i < depth; i++) {
            ByteString dtype = ByteString.copyFrom(new byte[] {8, (byte) DataType.DT_VARIANT.number()});
            message = field(3, dtype.concat(field(15, message)));
        }
        return message.toByteArray();
    }

    private static ByteString field(int number, ByteString content) {
        ByteBuffer head = ByteBuffer.allocate(20);
        org.tfckpt.io.Varint.write64(head, number << 3 | 2);
        org.tfckpt.io.Varint.write64(head, content.size());
        return ByteString.copyFrom(head.flip()).concat(content);
    }

    @Test
    void valuesOfATensorInsideMayStandForMoreButNotForAnything() throws Exception {
        TensorProto.Builder filled = TensorProto.newBuilder().setDtypeValue(DataType.DT_FLOAT.number());
        filled.setTensorShape(BundleBuilder.shape(2, 2)).addFloatVal(1).addFloatVal(5);
        TensorProto.Builder zeros = TensorProto.newBuilder().setDtypeValue(DataType.DT_BFLOAT16.number());
        zeros.setTensorShape(BundleBuilder.shape(3));
        TensorProto.Builder content = TensorProto.newBuilder().setDtypeValue(DataType.DT_INT16.number());
        content.setTensorShape(BundleBuilder.shape(2)).setTensorContent(ByteString.copyFrom(new byte[] {1, 0, 2, 0}));
        TensorProto.Builder strings = TensorProto.newBuilder().setDtypeValue(DataType.DT_STRING.number());
        strings.setTensorShape(BundleBuilder.shape(3)).addStringVal(ByteString.copyFromUtf8("a"));
        strings.addStringVal(ByteString.copyFromUtf8("b"));
        TensorProto.Builder claims = TensorProto.newBuilder().setDtypeValue(DataType.DT_FLOAT.number());
        claims.setTensorShape(BundleBuilder.shape(1L << 28)).addFloatVal(1);
        TensorProto.Builder impossible = claims.clone().setTensorShape(BundleBuilder.shape(-1));
        TensorProto.Builder many = filled.clone().addFloatVal(6).addFloatVal(7).addFloatVal(8);
        TensorProto.Builder resource = TensorProto.newBuilder().setDtypeValue(DataType.DT_RESOURCE.number());
        VariantTensorDataProto.Builder variant = Variants.variant("t", "");
        for (TensorProto.Builder tensor :
                List.of(filled, zeros, content, strings, claims, impossible, many, resource)) {
            variant.addTensors(tensor);
        }
        try (Checkpoint checkpoint = open(Variants.add(
                new BundleBuilder(), "v", new long[0], variant.build().toByteArray()))) {
            List<Tensor> tensors = checkpoint.tensor("v").variants().get(0).tensors();
            assertThat(tensors.get(0).toFloatArray()).containsExactly(1, 5, 5, 5);
            assertThat(tensors.get(0).slice("1,1:-").toFloatArray()).containsExactly(5, 5);
            assertThat(tensors.get(1).toFloatArray()).containsExactly(0, 0, 0);
            assertThat(tensors.get(2).toIntArray()).containsExactly(1, 2);
            assertThat(tensors.get(3).toStringArray()).containsExactly("a", "b", "b");
            for (Tensor tensor : tensors.subList(4, 8)) {
                assertThatThrownBy(tensor::asByteBuffer).as(tensor.toString()).isInstanceOf(CheckpointException.class);
            }
        }
    }

    private static List<ProblemKind> problems(Checkpoint checkpoint) throws Exception {
        List<Problem> problems = new ArrayList<>();
        checkpoint.verify(problems::add);
        return problems.stream().map(Problem::kind).toList();
    }
}
