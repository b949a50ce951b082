package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.proto.TrackableObjectGraph;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Graphs;
import org.tfckpt.testing.Json;

class ObjectsCommandTest {
    @TempDir
    private Path directory;

    private Path write(TrackableObjectGraph graph) throws IOException {
        Path prefix = directory.resolve("ckpt");
        new BundleBuilder()
                .strings("_CHECKPOINTABLE_OBJECT_GRAPH", new long[0], graph.toByteArray())
                .write(prefix);
        return prefix;
    }

    @Test
    void printsAttributesKeysAndSlots() {
        assertThat(ToolRun.of("objects", testdata("story/tf2")).lines())
                .startsWith(
                        "(root)",
                        "  model",
                        "    init_conv",
                        "      kernel",
                        "        -> model/init_conv/kernel/.ATTRIBUTES/VARIABLE_VALUE (DT_FLOAT) [3,3,3,16]"
                                + "  full name input/init_conv/DW",
                        "        slot momentum of optimizer",
                        "          ->"
                                + " model/init_conv/kernel/.OPTIMIZER_SLOT/optimizer/momentum/.ATTRIBUTES/VARIABLE_VALUE"
                                + " (DT_FLOAT) [3,3,3,16]  full name input/init_conv/DW/Momentum");
    }

    @Test
    void givesJson() throws IOException {
        Map<String, Object> json =
                ToolRun.of("objects", "--json", testdata("story/tf2")).json();
        assertThat(json).containsEntry("save_counter", "save_counter/.ATTRIBUTES/VARIABLE_VALUE");
        List<Map<String, Object>> objects = Json.list(json.get("objects"));
        assertThat(objects).hasSize(94);
        assertThat(objects.get(0)).containsEntry("path", "").containsEntry("id", 0L);
    }

    @Test
    void saysThatACheckpointHasNone() {
        ToolRun run = ToolRun.of("objects", testdata("story/log"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("tfckpt: '" + ToolRun.testdata("story/log/model.ckpt-122543")
                        + "' is not an object-based checkpoint")
                .hasLineCount(1);
    }

    @Test
    void endsOnACircle() throws IOException {
        Graphs graph = new Graphs(2).edge(0, "a", 1).edge(1, "back", 0);
        assertThat(ToolRun.of("objects", "--all", write(graph.build())).lines())
                .containsExactly("(root)", "  a", "    back  = (root)");
    }

    @Test
    void printsAChainOfTwentyThousandObjects() throws IOException {
        Graphs graph = new Graphs(20_000);
        for (int i = 1; i < 20_000; i++) {
            graph.edge(i - 1, "next", i);
        }
        ToolRun run = ToolRun.of("objects", "--all", write(graph.build()));
        assertThat(run.code()).isZero();
        assertThat(run.lines()).hasSize(20_000).allMatch(line -> line.length() < 120);
    }
}
