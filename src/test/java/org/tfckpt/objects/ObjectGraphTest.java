package org.tfckpt.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.proto.TrackableObjectGraph;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Graphs;

class ObjectGraphTest {
    @TempDir
    private Path directory;

    private static ObjectGraph parse(TrackableObjectGraph graph) throws Exception {
        return ObjectGraph.parse(graph.toByteArray(), ErrorContext.NONE);
    }

    @Test
    @DisplayName("OB-01 the graph of a published SavedModel")
    void published() throws Exception {
        byte[] bytes = HexFormat.of()
                .parseHex("0a2d0a0c0801" + text("variable") + "0a0d0802" + text("keras_api") + "0a0e0803"
                        + text("signatures") + "0a41123f0a0e" + hex("VARIABLE_VALUE") + text("Variable") + "1a23"
                        + hex("variable/.ATTRIBUTES/VARIABLE_VALUE") + "0a000a00");
        assertThat(bytes).hasSize(118);
        ObjectGraph graph = ObjectGraph.parse(bytes, ErrorContext.NONE);
        assertThat(graph).hasToString("4 objects, 1 value");
        assertThat(graph.root().children())
                .containsExactly(
                        new ObjectNode.Child("variable", 1, true),
                        new ObjectNode.Child("keras_api", 2, true),
                        new ObjectNode.Child("signatures", 3, true));
        assertThat(graph.node(1).attributes())
                .containsExactly(new ObjectNode.Attribute(
                        1, "VARIABLE_VALUE", "Variable", "variable/.ATTRIBUTES/VARIABLE_VALUE"));
        assertThat(Stream.of(0, 1, 2, 3).map(graph::hasValues)).containsExactly(true, true, false, false);
        assertThat(graph.saveCounterKey()).isEmpty();
    }

    private static String text(String value) {
        return String.format("12%02x", value.length()) + hex(value);
    }

    private static String hex(String value) {
        return HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest(name = "OB-02 {0} is written as {1}")
    @CsvSource({"a/b,a.Sb", "a.b,a..b", ".,..", "a.S,a..S", "'',''", "..,....", "/./,.S...S", ".ATTRIBUTES,..ATTRIBUTES"
    })
    void escaping(String name, String escaped) {
        assertThat(ObjectKeys.escape(name)).isEqualTo(escaped);
        assertThat(ObjectKeys.unescape(escaped)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "a.", ".x", "a.b", "...", ".s"})
    void whatEscapingCannotHaveMadeStaysReadable(String text) {
        assertThat(ObjectKeys.unescape(text)).isNotNull();
        assertThat(ObjectKeys.unescape(".ATTRIBUTES")).isEqualTo(".ATTRIBUTES");
    }

    @Test
    @DisplayName("OB-03 the key of a slot")
    void slotKey() throws Exception {
        Graphs graphs = new Graphs(5);
        graphs.edge(0, "layer", 1).edge(1, "kernel", 2).edge(0, "optimizer", 3).slot(3, 2, "m", 4);
        String key = "layer/kernel/.OPTIMIZER_SLOT/optimizer/m/.ATTRIBUTES/VARIABLE_VALUE";
        ObjectGraph graph = parse(graphs.value(4, "Adam/layer/kernel/m", key).build());
        assertThat(graph.pathOf(4)).contains("layer/kernel/.OPTIMIZER_SLOT/optimizer/m");
        assertThat(ObjectKeys.key(graph.pathOf(4).orElseThrow(), "VARIABLE_VALUE"))
                .isEqualTo(key);
        assertThat(graph.keyOf("layer/kernel/.OPTIMIZER_SLOT/optimizer/m")).contains(key);
        assertThat(graph.find("layer/kernel/.OPTIMIZER_SLOT/optimizer/m").map(ObjectNode::id))
                .contains(4);
        assertThat(graph.slotOf(4)).contains(new ObjectNode.Slot(3, 2, "m", 4));
        assertThat(graph.node(3).slots()).containsExactly(new ObjectNode.Slot(3, 2, "m", 4));
    }

    @Test
    @DisplayName("OB-04 a value of the root itself")
    void rootValue() throws Exception {
        ObjectGraph graph = parse(new Graphs(1)
                .attribute(0, "py_state", "", "/.ATTRIBUTES/py_state")
                .build());
        assertThat(graph.pathOf(0)).contains("");
        assertThat(ObjectKeys.key("", "py_state")).isEqualTo("/.ATTRIBUTES/py_state");
        assertThat(graph.keyOf("")).contains("/.ATTRIBUTES/py_state");
        assertThat(graph.root().valueKey()).contains("/.ATTRIBUTES/py_state");
    }

    @Test
    @DisplayName("OB-05 the save counter of the first checkpoint is 1")
    void saveCounter() throws Exception {
        byte[] one =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(1).array();
        String key = "save_counter/.ATTRIBUTES/VARIABLE_VALUE";
        Path prefix = new BundleBuilder()
                .tensor(key, DataType.DT_INT64, new long[0], one)
                .strings(
                        ObjectKeys.OBJECT_GRAPH,
                        new long[0],
                        new Graphs(2)
                                .edge(0, "save_counter", 1)
                                .value(1, "save_counter", key)
                                .build()
                                .toByteArray())
                .write(directory.resolve("ckpt-1"));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
            assertThat(graph.saveCounterKey()).contains(key);
            assertThat(checkpoint.tensor(key).toLongArray()).containsExactly(1);
            assertThat(checkpoint.objectGraph().orElseThrow()).isSameAs(graph);
        }
    }

    @Test
    @DisplayName("OB-06 full names: empty ones are skipped, and of several equal ones the last has it")
    void fullNames() throws Exception {
        ObjectGraph graph = parse(new Graphs(4)
                .edge(0, "a", 1)
                .edge(0, "b", 2)
                .edge(0, "c", 3)
                .value(1, "total", "a/.ATTRIBUTES/VARIABLE_VALUE")
                .attribute(2, "py_state", "", "b/.ATTRIBUTES/py_state")
                .value(3, "total", "c/.ATTRIBUTES/VARIABLE_VALUE")
                .build());
        assertThat(graph.keysByFullName()).containsOnly(java.util.Map.entry("total", "c/.ATTRIBUTES/VARIABLE_VALUE"));
        assertThat(graph.keyOf("total")).contains("c/.ATTRIBUTES/VARIABLE_VALUE");
        assertThat(graph.keyOf("total:0")).contains("c/.ATTRIBUTES/VARIABLE_VALUE");
        assertThat(graph.keyOf("b")).contains("b/.ATTRIBUTES/py_state");
        assertThat(graph.keyOf("nothing")).isEmpty();
    }

    @Test
    @DisplayName("OB-08 whether an object or one below it has values, also around a circle")
    void values() throws Exception {
        ObjectGraph graph = parse(new Graphs(8)
                .edge(0, "model", 1)
                .edge(1, "self", 1)
                .edge(1, "layer", 2)
                .edge(2, "parent", 1)
                .edge(2, "kernel", 3)
                .edge(0, "config", 4)
                .edge(4, "back", 4)
                .edge(0, "own", 5)
                .edge(0, "optimizer", 6)
                .slot(6, 3, "m", 7)
                .value(3, "kernel", "model/layer/kernel/.ATTRIBUTES/VARIABLE_VALUE")
                .saver(5, "Saver", "object")
                .build());
        assertThat(Stream.of(0, 1, 2, 3, 4, 5, 6, 7).map(graph::hasValues))
                .containsExactly(true, true, true, true, false, true, true, false);
        assertThat(graph.node(5).saver()).contains(new ObjectNode.Saver("Saver", "object"));
    }

    @Test
    @DisplayName("OB-09 the first of the shortest paths names the key; any other leads there, too")
    void shortestPath() throws Exception {
        ObjectGraph graph = parse(new Graphs(5)
                .edge(0, "long", 1)
                .edge(1, "way", 2)
                .edge(2, "root", 0)
                .edge(0, "short", 3)
                .edge(3, "kernel", 2)
                .edge(3, "again", 2)
                .edge(2, "self", 2)
                .value(2, "k", "long/way/.ATTRIBUTES/VARIABLE_VALUE")
                .build());
        assertThat(graph.pathOf(2)).contains("long/way");
        assertThat(graph.pathOf(4)).isEmpty();
        assertThat(graph.parentOf(2)).hasValue(1);
        assertThat(graph.nameOf(2)).isEqualTo("way");
        assertThat(graph.node(3).children())
                .containsExactly(new ObjectNode.Child("kernel", 2, false), new ObjectNode.Child("again", 2, false));
        for (String path : List.of("long/way", "short/kernel", "short/again", "long/way/self/self/root/short/kernel")) {
            assertThat(graph.keyOf(path)).contains("long/way/.ATTRIBUTES/VARIABLE_VALUE");
        }
        assertThat(graph.find("long/way/root").map(ObjectNode::id)).contains(0);
        assertThat(graph.find("long/elsewhere")).isEmpty();
        assertThat(graph.find("long/")).isEmpty();
    }

    @Test
    void namesWithSlashesAndDotsAreFoundAsTheyAreAndEscaped() throws Exception {
        ObjectGraph graph = parse(new Graphs(6)
                .edge(0, "a", 1)
                .edge(1, "b/c", 2)
                .edge(1, "b", 3)
                .edge(3, "c", 4)
                .edge(0, "v1.5", 5)
                .value(2, "", "a/b.Sc/.ATTRIBUTES/VARIABLE_VALUE")
                .value(4, "", "a/b/c/.ATTRIBUTES/VARIABLE_VALUE")
                .value(5, "", "v1..5/.ATTRIBUTES/VARIABLE_VALUE")
                .build());
        assertThat(graph.find("a/b.Sc").map(ObjectNode::id)).contains(2);
        assertThat(graph.find("a/b/c").map(ObjectNode::id)).contains(4);
        assertThat(graph.find("v1.5").map(ObjectNode::id)).contains(5);
        assertThat(graph.find("v1..5").map(ObjectNode::id)).contains(5);
        ObjectGraph alone = parse(new Graphs(2).edge(0, "b/c", 1).build());
        assertThat(alone.find("b/c").map(ObjectNode::id)).contains(1);
        assertThat(alone.keyOf("b/c")).isEmpty();
    }

    @Test
    void theTensorsOfATableBelongToItsAttribute() throws Exception {
        ObjectGraph graph = parse(new Graphs(3)
                .edge(0, "table", 1)
                .edge(0, "t", 2)
                .attribute(1, "table", "", "table/.ATTRIBUTES/table")
                .attribute(1, "tab", "", "table/.ATTRIBUTES/tab")
                .attribute(1, "table-keyring", "", "table/.ATTRIBUTES/table-keyring")
                .attribute(2, "", "", "t")
                .build());
        assertThat(graph.attributeOf("table/.ATTRIBUTES/table-keys").map(ObjectNode.Attribute::name))
                .contains("table");
        assertThat(graph.attributeOf("table/.ATTRIBUTES/table-values").map(ObjectNode.Attribute::name))
                .contains("table");
        assertThat(graph.attributeOf("table/.ATTRIBUTES/other")).isEmpty();
        assertThat(graph.attributeOf("taboo")).isEmpty();
        assertThat(graph.keyOf("table")).as("several values").isEmpty();
    }

    @Test
    void namesMayBeAnyBytes() throws Exception {
        byte[] graph = HexFormat.of().parseHex("0a0a" + "0a080801" + "1204" + "ff2fc3a9" + "0a00");
        ObjectGraph parsed = ObjectGraph.parse(graph, ErrorContext.NONE);
        String name = parsed.root().children().get(0).name();
        assertThat(name).isEqualTo("\udcff/é");
        assertThat(parsed.find(name).map(ObjectNode::id)).contains(1);
        assertThat(parsed.find(ObjectKeys.escape(name)).map(ObjectNode::id)).contains(1);
    }

    @Test
    void anEntryThatIsNoStringScalarIsDamage() throws Exception {
        Path floats = new BundleBuilder().floats(ObjectKeys.OBJECT_GRAPH, 1).write(directory.resolve("floats"));
        Path strings =
                new BundleBuilder().strings(ObjectKeys.OBJECT_GRAPH, "a", "b").write(directory.resolve("strings"));
        Path text = new BundleBuilder().strings(ObjectKeys.OBJECT_GRAPH, "{}").write(directory.resolve("text"));
        for (Path prefix : List.of(floats, strings, text)) {
            try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
                assertThatThrownBy(checkpoint::objectGraph)
                        .isInstanceOf(DataLossException.class)
                        .hasMessageContaining("not an object graph")
                        .hasMessageContaining(prefix.toString())
                        .hasMessageContaining(ObjectKeys.OBJECT_GRAPH);
            }
        }
    }
}
