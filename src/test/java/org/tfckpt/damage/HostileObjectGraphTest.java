package org.tfckpt.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.proto.TrackableObjectGraph;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.slots.TensorRole;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Graphs;

/** The time limits are there for what would not end at all, or be quadratic; all of it takes well under a second. */
@DisplayName("No object graph, however it is knotted or broken, does worse than its exception")
@Timeout(60)
class HostileObjectGraphTest {
    private static final ErrorContext PLACE = ErrorContext.at("ckpt", -1).ofTensor("graph");
    private static final int MANY = 20_000;

    private static ObjectGraph parse(byte[] bytes) throws CheckpointException {
        return ObjectGraph.parse(bytes, PLACE);
    }

    private static ObjectGraph parse(Graphs graphs) throws CheckpointException {
        return parse(graphs.build().toByteArray());
    }

    /** Everything that one can ask. */
    private static void ask(ObjectGraph graph) {
        int[] edges = {0};
        graph.walk((depth, child) -> edges[0]++);
        long stored = 0;
        for (int i = 0; i < graph.size(); i++) {
            stored += graph.node(i).children().size();
            graph.slotOf(i);
            graph.hasValues(i);
            graph.parentOf(i);
            graph.nameOf(i);
        }
        assertThat((long) edges[0]).isLessThanOrEqualTo(stored);
        graph.attributes().forEach(attribute -> graph.attributeOf(attribute.key() + "x"));
        graph.keyOf("a/b/c");
        graph.find("x/x/x/x/x/x/x/x");
        graph.keysByFullName();
        graph.saveCounterKey();
        graph.pathOf(graph.size() - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 1000, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
    void numbersOutOfRange(int id) {
        for (Graphs graphs : List.of(
                new Graphs(2).edge(1, "child", id),
                new Graphs(2).slot(1, id, "m", 0),
                new Graphs(2).slot(1, 0, "m", id))) {
            assertThatThrownBy(() -> parse(graphs))
                    .isInstanceOf(DataLossException.class)
                    .hasMessage("object 1 of the object graph refers to an object that does not exist"
                            + " [file ckpt, tensor 'graph', expected a number below 2, found " + id + "]");
        }
    }

    @Test
    void aGraphWithoutARoot() {
        assertThatThrownBy(() -> parse(new byte[0]))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("no root");
    }

    @Test
    void selfLoopsCirclesAndSlotsOfSlots() throws Exception {
        ask(parse(new Graphs(1).edge(0, "self", 0).edge(0, "self", 0)));
        ask(parse(new Graphs(3).edge(0, "x", 1).edge(1, "x", 2).edge(2, "x", 0).edge(2, "x", 1)));
        ObjectGraph graph = parse(new Graphs(4)
                .edge(0, "optimizer", 1)
                .slot(1, 2, "m", 3)
                .slot(1, 3, "m", 2)
                .slot(1, 1, "m", 1)
                .slot(2, 2, "m", 0));
        ask(graph);
        assertThat(graph.pathOf(2)).isEmpty();
        assertThat(graph.pathOf(3)).isEmpty();
        assertThat(graph.pathOf(1)).contains("optimizer");
        assertThat(graph.pathOf(0)).contains("");
    }

    @Test
    void aChain() throws Exception {
        Graphs graphs = new Graphs(MANY);
        for (int i = 1; i < MANY; i++) {
            graphs.edge(i - 1, "x", i).edge(i, "up", i - 1);
        }
        ObjectGraph graph = parse(graphs.value(MANY - 1, "v", "v/.ATTRIBUTES/VARIABLE_VALUE"));
        ask(graph);
        assertThat(graph.pathOf(MANY - 1).orElseThrow()).hasSize(2 * (MANY - 1) - 1);
        assertThat(graph.hasValues(0)).isTrue();
        assertThat(graph.find(graph.pathOf(MANY - 1).orElseThrow()).map(ObjectNode::id))
                .contains(MANY - 1);
    }

    @Test
    void aStar() throws Exception {
        Graphs graphs = new Graphs(MANY);
        for (int i = 1; i < MANY; i++) {
            String key = "x" + i + "/.ATTRIBUTES/VARIABLE_VALUE";
            graphs.edge(0, "x" + i, i).edge(i, "root", 0).value(i, "full" + i, key);
        }
        ObjectGraph graph = parse(graphs);
        ask(graph);
        for (int i = 1; i < MANY; i++) {
            assertThat(graph.keyOf("full" + i)).isEqualTo(graph.keyOf("x" + i + "/.ATTRIBUTES/VARIABLE_VALUE"));
            assertThat(graph.pathOf(i)).contains("x" + i);
        }
    }

    @Test
    void everyChildOfAStarIsAHyperparameterOfOneOptimizer() throws Exception {
        Graphs graphs = new Graphs(MANY);
        for (int i = 1; i < MANY; i++) {
            graphs.edge(0, "decay", i).value(i, "", "decay" + i).slot(0, i, "m", i);
        }
        OptimizerSlots slots = OptimizerSlots.of(name -> Optional.empty(), Optional.of(parse(graphs)));
        for (int i = 1; i < MANY; i++) {
            assertThat(slots.kindOf(new TensorInfo("decay" + i, 1, org.tfckpt.tensor.Shape.of(), null, List.of())))
                    .isEqualTo(TensorRole.Kind.SLOT);
        }
    }

    @Test
    void everyoneKnowsEveryone() throws Exception {
        Graphs graphs = new Graphs(300);
        for (int i = 0; i < 300; i++) {
            for (int j = 0; j < 300; j++) {
                graphs.edge(i, "x", j);
            }
        }
        ObjectGraph graph = parse(graphs);
        ask(graph);
        assertThat(graph.find("x/".repeat(200) + "y")).isEmpty();
        assertThat(graph.find("x/".repeat(200) + "x")).isPresent();
    }

    @Test
    void namesThatCanBeCutInManyWays() throws Exception {
        Graphs graphs =
                new Graphs(3).edge(0, "x", 0).edge(0, "x/x", 0).edge(0, "", 0).edge(0, "x/", 1);
        ObjectGraph graph = parse(graphs);
        assertThat(graph.find("x/".repeat(5000) + "y")).isEmpty();
        assertThat(graph.find("/".repeat(5000) + "x").map(ObjectNode::id)).contains(0);
    }

    @Test
    @DisplayName("Millions of empty objects take little more room than their bytes")
    void emptyObjects() throws Exception {
        byte[] bytes = new byte[20_000_000];
        for (int i = 0; i < bytes.length; i += 2) {
            bytes[i] = 0x0a;
        }
        ObjectGraph graph = parse(bytes);
        assertThat(graph.size()).isEqualTo(10_000_000);
        assertThat(graph.pathOf(9_999_999)).isEmpty();
        assertThat(graph.hasValues(9_999_999)).isFalse();
    }

    @Test
    void unknownFieldsAndGroupsArePassedOver() throws Exception {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(
                        77,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(-1)
                                .addFixed32(1)
                                .addFixed64(2)
                                .addGroup(UnknownFieldSet.getDefaultInstance())
                                .build())
                .build();
        TrackableObjectGraph.Builder graph = new Graphs(2)
                .edge(0, "x", 1).value(1, "x", "k").slot(0, 1, "m", 1).saver(1, "s", "o").build().toBuilder();
        ObjectGraph plain = parse(graph.build().toByteArray());
        graph.setUnknownFields(unknown);
        graph.getNodesBuilderList().forEach(node -> {
            node.setUnknownFields(unknown);
            node.getChildrenBuilderList().forEach(child -> child.setUnknownFields(unknown));
            node.getAttributesBuilderList().forEach(attribute -> attribute.setUnknownFields(unknown));
            node.getSlotVariablesBuilderList().forEach(slot -> slot.setUnknownFields(unknown));
        });
        ObjectGraph wider = parse(graph.build().toByteArray());
        assertThat(List.of(wider.node(0), wider.node(1))).isEqualTo(List.of(plain.node(0), plain.node(1)));
        assertThat(wider.keyOf("x")).contains("k");
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1_000_000})
    void deepNesting(int depth) throws Exception {
        byte[] group = new byte[2 * depth];
        Arrays.fill(group, 0, depth, (byte) (9 << 3 | 3));
        Arrays.fill(group, depth, 2 * depth, (byte) (9 << 3 | 4));
        assertThatThrownBy(() -> parse(group)).isInstanceOf(DataLossException.class);
        assertThatThrownBy(() -> parse(message(1, group))).isInstanceOf(DataLossException.class);
        assertThatThrownBy(() -> parse(message(1, message(2, group)))).isInstanceOf(DataLossException.class);
    }

    private static byte[] message(int field, byte[] contents) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(field, contents);
        out.flush();
        return bytes.toByteArray();
    }

    @Test
    void theEndOfAGroupThatHasNotBegun() {
        assertThatThrownBy(() -> parse(new byte[] {0x0a, 0x00, 0x0c})).isInstanceOf(DataLossException.class);
        assertThatThrownBy(() -> parse(new byte[] {0x0a, 0x01, 0x0c})).isInstanceOf(DataLossException.class);
    }

    @Test
    void lengthsThatPassTheirMessage() {
        assertThatThrownBy(() -> parse(new byte[] {0x0a, 0x7f})).isInstanceOf(DataLossException.class);
        assertThatThrownBy(() -> parse(new byte[] {0x0a, -1, -1, -1, -1, 0x7f})).isInstanceOf(DataLossException.class);
        assertThatThrownBy(() -> parse(new byte[] {0x0a, 0x04, 0x0a, 0x02, 0x12, 0x7f}))
                .isInstanceOf(DataLossException.class);
        assertThatThrownBy(() -> parse(new byte[] {0x0a, 0x04, 0x12, 0x7f, 0x1a, 0x00}))
                .isInstanceOf(DataLossException.class);
    }

    private static byte[] story() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(Corpus.root().resolve("story/tf2/ckpt-1"))) {
            return checkpoint
                    .tensor(ObjectKeys.OBJECT_GRAPH)
                    .asStringVector(0, 1)
                    .bytes(0);
        }
    }

    @Test
    @DisplayName("A real graph, cut off at every length")
    void truncated() throws Exception {
        byte[] whole = story();
        int parsed = 0;
        for (int length = 0; length < whole.length; length++) {
            parsed += survives(Arrays.copyOf(whole, length)) ? 1 : 0;
        }
        assertThat(parsed).as("cut between nodes that nobody refers beyond").isLessThan(100);
    }

    @Test
    @DisplayName("A real graph with a byte changed: an exception, or a graph that answers")
    void mutated() throws Exception {
        byte[] whole = story();
        Random random = new Random(7);
        long parsed = IntStream.range(0, 3000)
                .filter(i -> {
                    byte[] changed = whole.clone();
                    changed[random.nextInt(changed.length)] = (byte) random.nextInt();
                    return survives(changed);
                })
                .count();
        assertThat(parsed).isBetween(100L, 2990L);
    }

    private static boolean survives(byte[] bytes) {
        ObjectGraph graph;
        try {
            graph = parse(bytes);
        } catch (CheckpointException expected) {
            return false;
        }
        ask(graph);
        return true;
    }

    @Test
    @DisplayName("The wire decoder agrees with protobuf's own on graphs at random")
    void agreesWithProtobuf() throws Exception {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            int size = 1 + random.nextInt(12);
            Graphs graphs = new Graphs(size);
            for (int i = random.nextInt(40); i > 0; i--) {
                int node = random.nextInt(size);
                switch (random.nextInt(4)) {
                    case 0 -> graphs.edge(node, "é" + random.nextInt(3), random.nextInt(size));
                    case 1 -> graphs.value(node, "f" + random.nextInt(9), "k" + random.nextInt(9));
                    case 2 -> graphs.slot(node, random.nextInt(size), "m", random.nextInt(size));
                    default -> graphs.saver(node, "s", "o" + i);
                }
            }
            TrackableObjectGraph proto = graphs.build();
            ObjectGraph graph = parse(proto.toByteArray());
            for (int i = 0; i < size; i++) {
                TrackableObjectGraph.TrackableObject node = proto.getNodes(i);
                assertThat(graph.node(i).children().stream().map(child -> child.name() + child.node()))
                        .containsExactlyElementsOf(node.getChildrenList().stream()
                                .map(child -> child.getLocalName().toStringUtf8() + child.getNodeId())
                                .toList());
                assertThat(graph.node(i).attributes().stream().map(value -> value.fullName() + value.key()))
                        .containsExactlyElementsOf(node.getAttributesList().stream()
                                .map(value -> value.getFullName().toStringUtf8()
                                        + value.getCheckpointKey().toStringUtf8())
                                .toList());
                assertThat(graph.node(i).saver().isPresent()).isEqualTo(node.hasRegisteredSaver());
            }
        }
    }
}
