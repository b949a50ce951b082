package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.graph.ExpectedGraphs.Expected;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

@DisplayName("The story: the graph of the checkpoint, and the graph that has changed since")
class StoryGraphTest {
    private static final Path STORY = Corpus.root().resolve("story");

    static List<Expected> graphs() {
        List<Expected> graphs = ExpectedGraphs.all().stream()
                .filter(expected -> expected.directory().equals(STORY))
                .toList();
        assertThat(graphs).hasSize(5);
        return graphs;
    }

    private static Graph changed(String file) throws IOException {
        return Graph.open(STORY.resolve("changed").resolve(file));
    }

    private static Graph before() throws IOException {
        return Graph.open(STORY.resolve("log/model.ckpt-122543"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("graphs")
    void collectionsHoldTheVariablesThatTheyHold(Expected expected) throws IOException {
        List<Collection<Object>> wanted = new ArrayList<>();
        expected.variables().forEach(variable -> wanted.add(Json.list(variable.get("collections"))));
        List<Collection<Object>> found = new ArrayList<>();
        for (GraphVariable variable : Graph.open(expected.file()).variables()) {
            found.add(List.copyOf(variable.collections()));
        }
        assertThat(found).isEqualTo(wanted);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("graphs")
    void saversSaveAndRestoreUnderTheNamesOfTheirOps(Expected expected) throws IOException {
        Graph graph = Graph.open(expected.file());
        Map<String, Object> saver = Json.object(expected.json().get("saver"));
        if (saver == null) {
            assertThat(graph.savers()).isEmpty();
            return;
        }
        List<Map<String, Object>> wanted = Json.list(saver.get("saves"));
        assertThat(graph.savers()).hasSize(1);
        GraphSaver found = graph.savers().get(0);
        assertThat(found.isKnown()).isTrue();
        assertThat(found.saves())
                .extracting(StoryGraphTest::asJson)
                .containsExactlyInAnyOrderElementsOf(wanted.stream()
                        .map(save -> List.of(save.get("variable"), save.get("saved_as"), save.get("shape_and_slice")))
                        .toList());
        assertThat(found.restores())
                .extracting(StoryGraphTest::asJson)
                .containsExactlyInAnyOrderElementsOf(wanted.stream()
                        .map(save ->
                                List.of(save.get("variable"), save.get("restored_from"), save.get("shape_and_slice")))
                        .toList());
    }

    private static List<Object> asJson(GraphSaver.Entry entry) {
        return List.of(entry.variable().name(), entry.key(), entry.shapeAndSlice());
    }

    @Test
    void aSaverWithOtherNamesRestoresFromThemAndLeavesTheExcludedOnesOut() throws IOException {
        Graph munged = changed("munged.meta");
        Map<String, String> sources = new HashMap<>();
        munged.savers()
                .get(0)
                .restoresByVariable()
                .forEach((variable, entries) ->
                        sources.put(variable.name(), entries.get(0).key()));
        assertThat(sources).hasSize(62).containsEntry("init/init_conv/DW", "input/init_conv/DW");
        assertThat(sources)
                .containsEntry("unit_1_0/shared_activation/init_bn/beta", "unit_1_0/shared_activation/init_bn/beta");
        Variables excluded = munged.variables().without(sources.keySet());
        assertThat(excluded.names())
                .containsExactlyInAnyOrder(
                        "global_step", "logit/DW", "logit/biases", "aux/conv/DW", "aux/logit/DW", "aux/logit/biases");
    }

    @Test
    void theTextIsTheSameGraph() throws IOException {
        Graph text = changed("graph.pbtxt");
        Graph binary = changed("graph.pb");
        assertThat(text.variables()).hasToString(binary.variables().toString());
        assertThat(text.nodeCount()).isEqualTo(binary.nodeCount());
        assertThat(text.producer()).isEqualTo(binary.producer());
    }

    @Test
    void whatIsNewAndWhatHasGone() throws IOException {
        Variables start = before().variables();
        Variables end = changed("graph.meta").variables();
        assertThat(end.minus(start).inScope("aux").names())
                .containsExactly("aux/conv/DW", "aux/logit/DW", "aux/logit/biases");
        assertThat(start.minus(end)
                        .matching(NamePattern.of("input/**"))
                        .notMatching(NamePattern.of("re:Momentum|Exp"))
                        .names())
                .containsExactlyInAnyOrder(
                        "input/init_conv/DW",
                        "input/init_bn/beta",
                        "input/init_bn/gamma",
                        "input/init_bn/moving_mean",
                        "input/init_bn/moving_variance");
        assertThat(end.intersect(start))
                .hasSameSizeAs(
                        end.names().stream().filter(start.names()::contains).toList());
        assertThat(end.minus(start).size() + end.intersect(start).size()).isEqualTo(end.size());
        assertThat(end.union(start)).hasSize(end.size() + start.minus(end).size());
    }

    @Test
    void momentumsAreSlotsAndAveragesAreNot() throws IOException {
        Variables variables = before().variables();
        assertThat(variables.where(GraphVariable::isOptimizerSlot).names())
                .hasSize(25)
                .allMatch(name -> name.endsWith("/Momentum"));
        assertThat(variables.withoutOptimizerSlots().matching(NamePattern.of("**/ExponentialMovingAverage")))
                .isNotEmpty();
    }

    @Test
    void aVariableIsPrintedInBothWays() throws IOException {
        GraphVariable variable =
                before().variables().find("input/init_conv/DW:0").orElseThrow();
        assertThat(variable).hasToString("input/init_conv/DW:0 DT_FLOAT [3,3,3,16]");
        assertThat(variable.toPython()).isEqualTo("input/init_conv/DW:0 <dtype: 'float32_ref'> (3, 3, 3, 16)");
        assertThat(variable.initializer()).contains("input/init_conv/DW/Assign");
        assertThat(variable.snapshot()).contains("input/init_conv/DW/read:0");
        assertThat(variable.trainable()).contains(true);
        assertThat(changed("graph.pb").variables().get(0).trainable()).isEmpty();
    }
}
