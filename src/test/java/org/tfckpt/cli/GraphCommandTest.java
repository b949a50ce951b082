package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.testing.Json;

class GraphCommandTest {
    private static final String META = testdata("story/log/model.ckpt-122543.meta");

    @Test
    void aDirectoryHasNoNames() {
        ToolRun run = ToolRun.of("graph", "--graph-format", "names", testdata("story/log"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("story").contains("is a directory").contains("one name per line");
    }

    @Test
    void printsALineAVariableInGraphOrder() {
        assertThat(ToolRun.of("graph", META).lines())
                .startsWith("global_step:0 DT_INT64 []", "input/init_conv/DW:0 DT_FLOAT [3,3,3,16]");
        assertThat(ToolRun.of("graph", "--python", META).lines())
                .startsWith(
                        "global_step:0 <dtype: 'int64_ref'> ()",
                        "input/init_conv/DW:0 <dtype: 'float32_ref'> (3, 3, 3, 16)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"story/changed/graph.pb", "story/changed/graph.pbtxt"})
    void takesEveryFormOfAGraph(String form) {
        assertThat(ToolRun.of("graph", testdata(form)))
                .isEqualTo(ToolRun.of("graph", testdata("story/changed/graph.meta")));
    }

    @Test
    void takesAPrefixAndASavedModel() {
        ToolRun run = ToolRun.of("graph", testdata("story/log/model.ckpt-122543"));
        assertThat(run.out()).isEqualTo(ToolRun.of("graph", META).out());
        assertThat(run.err()).contains("the graph of the checkpoint is '" + META + "'");
        assertThat(ToolRun.of("graph", testdata("real/mlnet-mnist-lr")).lines()).isNotEmpty();
    }

    @Test
    void chooses() {
        List<String> all = ToolRun.of("graph", META).lines();
        List<String> trained =
                ToolRun.of("graph", "--collection", "trainable_variables", META).lines();
        assertThat(trained).isNotEmpty().hasSizeLessThan(all.size()).isSubsetOf(all);
        ToolRun unknown = ToolRun.of("graph", "--collection", "trainable", META);
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err())
                .startsWith("tfckpt: the graph has no collection 'trainable'; it has ")
                .contains("trainable_variables");
        assertThat(ToolRun.of("graph", "--collection", "variables", testdata("story/changed/graph.pb"))
                        .err())
                .contains("it has no collections");
        assertThat(ToolRun.of("graph", "--include", "input/init_conv/*", META).lines())
                .containsExactly("input/init_conv/DW:0 DT_FLOAT [3,3,3,16]");
    }

    @Test
    void givesJson() throws IOException {
        Map<String, Object> json = ToolRun.of("graph", "--json", META).json();
        List<Map<String, Object>> variables = Json.list(json.get("variables"));
        assertThat(variables.get(1))
                .containsEntry("name", "input/init_conv/DW")
                .containsEntry("op", "VariableV2")
                .containsEntry("dtype", "DT_FLOAT")
                .containsEntry("trainable", true)
                .containsKeys("initializer", "partition", "shared_name", "collections", "shape");
        List<Map<String, Object>> savers = Json.list(json.get("savers"));
        assertThat(savers).isNotEmpty();
    }

    @Test
    void listsTheVariablesOfACheckpoint() throws IOException {
        ToolRun run = ToolRun.of("graph", testdata("story/tf2"));
        assertThat(run.code()).isZero();
        assertThat(run.lines())
                .hasSize(71)
                .contains(
                        "input/init_conv/DW:0 DT_FLOAT [3,3,3,16]",
                        "input/init_conv/DW/Momentum:0 DT_FLOAT [3,3,3,16]");
        Map<String, Object> json =
                ToolRun.of("graph", "--json", testdata("story/tf2")).json();
        assertThat(json).containsEntry("kind", "checkpoint");
        List<Map<String, Object>> variables = Json.list(json.get("variables"));
        assertThat(variables)
                .anySatisfy(variable -> assertThat(variable)
                        .containsEntry("name", "input/init_conv/DW")
                        .containsEntry("path", "model/init_conv/kernel")
                        .containsEntry("key", "model/init_conv/kernel/.ATTRIBUTES/VARIABLE_VALUE"));
    }

    @Test
    void refusesWhatIsNoGraph() {
        ToolRun run = ToolRun.of("graph", testdata("real/jobvector-sm/fingerprint.pb"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("tfckpt: ").hasLineCount(1);
    }
}
