package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tfckpt.testing.Json;

/** A graph with more variables than its saver restores: the others are slots created after the saver. */
class CompareSaverTest {
    private static final String GRAPH = testdata("real/convwta-ckpt/model.ckpt.meta");
    private static final String CHECKPOINT = testdata("real/convwta-ckpt/model.ckpt");

    @Test
    void theSaverOfTheGraphIsNamed() {
        ToolRun run = ToolRun.of("compare", GRAPH, CHECKPOINT);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines())
                .contains(
                        "the graph's own saver restores only 8 of these variables, all found;"
                                + " use --saver to compare only what it restores",
                        "everything missing is state of an optimizer; use --no-slots to leave it out");
    }

    @Test
    void theSaverMayBeNamedAnywhere() throws IOException {
        List<List<String>> calls = List.of(
                List.of("--saver", GRAPH, CHECKPOINT),
                List.of("--saver", "save", GRAPH, CHECKPOINT),
                List.of(GRAPH, "--saver", CHECKPOINT),
                List.of(GRAPH, "--saver", "save", CHECKPOINT),
                List.of(GRAPH, CHECKPOINT, "--saver"),
                List.of(GRAPH, CHECKPOINT, "--saver", "save/Const:0"),
                List.of("--saver=save/restore_all", GRAPH, CHECKPOINT),
                List.of("--saver", "--exclude", "no/such", GRAPH, CHECKPOINT));
        for (List<String> call : calls) {
            Object[] args =
                    Stream.concat(Stream.of("compare", "--json"), call.stream()).toArray();
            ToolRun run = ToolRun.of(args);
            assertThat(run.code()).as(call + run.err()).isZero();
            assertThat(Json.list(run.json().get("matched"))).as("%s", call).hasSize(8);
        }
    }

    @Test
    void namesOfTheSaverCount() throws IOException {
        ToolRun run = ToolRun.of(
                "compare", "--json", "--saver", testdata("story/changed/munged.meta"), testdata("story/log"));

        assertThat(run.code()).isZero();
        assertThat(Json.<Map<String, Object>>list(run.json().get("matched")))
                .hasSize(62)
                .anySatisfy(matched -> assertThat(matched)
                        .containsEntry("variable", "init/init_conv/DW")
                        .containsEntry("tensor", "input/init_conv/DW"));
    }

    @Test
    void aSaverThatDoesNotExistIsAnError() {
        assertThat(ToolRun.of("compare", "--saver=save_7", GRAPH, CHECKPOINT).err())
                .isEqualTo("tfckpt: --saver: the graph has no saver 'save_7'; it has 'save'\n");
        ToolRun none = ToolRun.of("compare", "--saver", testdata("story/changed/graph.meta"), testdata("story/log"));
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).contains("graph.meta' has no saver").hasLineCount(1);
    }

    @Test
    void slotsAreLeftOut() throws IOException {
        ToolRun run = ToolRun.of("compare", "--json", "--no-slots", GRAPH, CHECKPOINT);

        assertThat(run.code()).isZero();
        Map<String, Object> json = run.json();
        assertThat(Json.list(json.get("matched"))).hasSize(8);
        assertThat(Json.list(json.get("missing"))).isEmpty();
        assertThat(Json.<String>list(json.get("excluded")))
                .hasSize(18)
                .contains("beta1_power", "ConvWTA/conv_1/filter/Adam_1");
    }

    @Test
    void moreThanSlotsIsMissingFromTheStory() {
        assertThat(ToolRun.of("compare", testdata("story/changed/graph.meta"), testdata("story/log"))
                        .out())
                .doesNotContain("--no-slots", "--saver");
    }
}
