package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.TextFormat;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.proto.DataType;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.Corpus;

/** Whatever a file holds: the right answer, or a documented exception. */
@Timeout(120)
class HostileGraphTest {
    private static final Path REAL = Corpus.root().resolve("real");

    @TempDir
    Path temporary;

    /** The ends of the fields of the outermost message: cut there, a file is a shorter message, and no reader can tell. */
    private static Set<Integer> fieldEnds(byte[] bytes) throws IOException {
        Set<Integer> ends = new HashSet<>();
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            in.skipField(tag);
            ends.add(in.getTotalBytesRead());
        }
        return ends;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tfnet-metagraphs-only/cond_test.meta",
                "mediapipe-calculators-v1-int32/tf_graph_def.pb",
                "tf0-savedmodel-v1-vars/half_plus_two/saved_model.pb"
            })
    void aFileCutOffAnywhereIsDamageOrAShorterMessage(String name) throws IOException {
        byte[] whole = Files.readAllBytes(REAL.resolve(name));
        List<String> names =
                List.copyOf(Graph.open(REAL.resolve(name)).variables().names());
        Set<Integer> ends = fieldEnds(whole);
        for (int length = 0; length < whole.length; length++) {
            Graph graph = readOrNull(Arrays.copyOf(whole, length));
            if (graph != null) {
                assertThat(ends).as("cut off at " + length).contains(length);
                assertThat(names.subList(0, graph.variables().size()))
                        .containsExactlyElementsOf(graph.variables().names());
            }
        }
    }

    @Test
    void aTextCutOffAnywhereIsDamageOrAShorterText() throws IOException {
        GraphBuilder builder = new GraphBuilder()
                .variable("v", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape(-1, 3))
                .strings("names", 2, "a\"\n", "b")
                .variable("w", "VarHandleOp", DataType.DT_HALF, GraphBuilder.UNKNOWN);
        String whole = TextFormat.printer().printToString(builder.graphDef());
        for (int length = 0; length < whole.length(); length++) {
            Graph graph = readOrNull(whole.substring(0, length).getBytes(StandardCharsets.UTF_8));
            if (graph != null) {
                // Brackets are closed at the end of a field of the outermost message alone.
                assertThat(whole.substring(length).strip()).matches("(?s)|(node|versions) \\{.*");
                assertThat(List.of("v", "w").subList(0, graph.variables().size()))
                        .containsExactlyElementsOf(graph.variables().names());
            }
        }
    }

    private Graph readOrNull(byte[] bytes) throws IOException {
        try {
            return GraphBuilder.read(bytes, temporary);
        } catch (CheckpointException documented) {
            assertThat(documented.getMessage()).contains("graph");
            return null;
        }
    }

    @Test
    void randomBytesAreNoGraph() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && i % 2 == 0) {
                bytes[0] = (byte) (i % 4 == 0 ? 0x0a : 0x12);
            }
            assertThatThrownBy(() -> GraphBuilder.read(bytes, temporary)).isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void changedBytesGiveAGraphOrADocumentedException() throws IOException {
        Random random = new Random(2);
        for (String name : new String[] {
            "story/changed/munged.meta", "real/tf-cc-savedmodels/VarsAndArithmeticObjectGraph/saved_model.pb",
            "real/tf-profiler-ckpt/graph.pbtxt", "real/pygameplayer-halfpong-v1/network-1300000.meta"
        }) {
            byte[] whole = Files.readAllBytes(Corpus.root().resolve(name));
            for (int i = 0; i < 200; i++) {
                byte[] changed = whole.clone();
                for (int j = random.nextInt(4); j >= 0; j--) {
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
                }
                readOrNull(changed);
            }
        }
    }

    @Test
    void otherMessagesAreNoGraphs() {
        for (String name : new String[] {
            "jobvector-sm/fingerprint.pb",
            "jobvector-sm/keras_metadata.pb",
            "tfdf-adult-rf/assets/header.pb",
            "tfdf-adult-rf/assets/data_spec.pb",
            "tfdf-adult-rf/assets/random_forest_header.pb",
            "modelmaker-hub-minis/hub_module_v1_mini_train/tfhub_module.pb",
            "mlnet-cifar/graphs.json"
        }) {
            assertThatThrownBy(() -> Graph.open(REAL.resolve(name)))
                    .as(name)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(REAL.resolve(name).toString());
        }
    }

    @Test
    void aFileThatIsDamagedUpstreamIsDamage() {
        assertThatThrownBy(() -> Graph.open(REAL.resolve("mediapipe-calculators-v1-int32/bundle/00000000/export.meta")))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("export.meta");
    }

    @Test
    void nothingIsNoGraph() {
        assertThatThrownBy(() -> GraphBuilder.read(new byte[0], temporary)).isInstanceOf(DataLossException.class);
        assertThatThrownBy(() -> GraphBuilder.read(new byte[] {'\n', ' '}, temporary))
                .isInstanceOf(UnsupportedFormatException.class);
        // Versions alone: a graph without a node.
        assertThatThrownBy(() -> GraphBuilder.read(new GraphBuilder().graphDef(), temporary))
                .isInstanceOf(CheckpointException.class);
    }

    @Test
    void aMapOfStringsIsNoGraphAlthoughItsEntriesLookLikeNodes() {
        assertThatThrownBy(() -> GraphBuilder.read(
                        new GraphBuilder()
                                .node("colour", "Red").node("shape", "Round").graphDef().toBuilder()
                                        .clearVersions()
                                        .build(),
                        temporary))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("is not a TensorFlow graph");
    }

    @Test
    void aVariableWithoutDtypeOrShapeIsDamage() {
        assertThatThrownBy(() -> GraphBuilder.read(
                        new GraphBuilder().node("v", "VariableV2").graphDef(), temporary))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("The variable 'v' has no dtype");
    }

    @Test
    void twoVariablesOfANameAreDamage() {
        GraphBuilder builder = new GraphBuilder();
        for (int i = 0; i < 2; i++) {
            builder.variable("v", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape());
        }
        assertThatThrownBy(() -> GraphBuilder.read(builder.graphDef(), temporary))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("Two variables have the name 'v'");
    }

    @Test
    void anObjectThatThereIsNotIsDamage() {
        GraphBuilder builder = new GraphBuilder().node("n", "NoOp");
        builder.meta()
                .getObjectGraphDefBuilder()
                .addNodesBuilder()
                .addChildrenBuilder()
                .setNodeId(7)
                .setLocalName(ByteString.copyFromUtf8("child"));
        assertThatThrownBy(() -> builder.read(temporary))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("refers to object 7");
    }

    /** A node whose attribute has a function that has an attribute, and so on. */
    private static byte[] nested(int depth) throws IOException {
        // From the inside outwards, each level in one buffer that grows to the front.
        int capacity = depth * 14 + 64;
        byte[] buffer = new byte[capacity];
        int start = capacity;
        int[] tags = {5, 2, 10, 2};
        for (int i = 0; i < depth; i++) {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            CodedOutputStream out = CodedOutputStream.newInstance(head);
            out.writeTag(tags[i % tags.length], WireFormat.WIRETYPE_LENGTH_DELIMITED);
            out.writeUInt32NoTag(capacity - start);
            out.flush();
            start -= head.size();
            System.arraycopy(head.toByteArray(), 0, buffer, start, head.size());
        }
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(node);
        out.writeString(1, "n");
        out.writeString(2, "VariableV2");
        out.writeByteArray(5, Arrays.copyOfRange(buffer, start, capacity));
        out.flush();
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        out = CodedOutputStream.newInstance(graph);
        out.writeByteArray(1, node.toByteArray());
        out.flush();
        return graph.toByteArray();
    }

    @Test
    void deepNestingCostsNoStack() {
        assertThatThrownBy(() -> GraphBuilder.read(nested(200_000), temporary)).isInstanceOf(CheckpointException.class);
    }

    @Test
    void deepNestingOfTextCostsNoStack() {
        int depth = 300_000;
        for (String level : new String[] {"attr{value{tensor{variant_val{tensors{variant_val{", "a{b<c{"}) {
            String text = "node{name:'v' op:'NoOp' " + level.repeat(depth / 6);
            assertThatThrownBy(() -> GraphBuilder.read(text.getBytes(StandardCharsets.UTF_8), temporary))
                    .isInstanceOf(CheckpointException.class);
        }
        String lists = "meta_info_def{} meta_graphs{" + "graph_def{library{function{".repeat(10);
        assertThatThrownBy(() -> GraphBuilder.read(lists.getBytes(StandardCharsets.UTF_8), temporary))
                .isInstanceOf(CheckpointException.class);
    }

    @Test
    void manyOpsOfOneLongListAreRefusedBeforeTheyMultiply() {
        GraphBuilder builder = new GraphBuilder().node("save/Const", "Const");
        String[] names = new String[20_000];
        Arrays.fill(names, "n");
        builder.strings("names", names.length, names).strings("slices", 1, "");
        for (int i = 0; i < 20_000; i++) {
            builder.restore("save/RestoreV2_" + i, 1, "save/Const", "names", "slices");
        }
        assertThatThrownBy(() -> GraphBuilder.read(builder.graphDef(), temporary))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("has 20000 tensor names but 1 tensor");
    }
}
