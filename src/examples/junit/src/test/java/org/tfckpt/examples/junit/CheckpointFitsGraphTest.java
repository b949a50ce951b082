package org.tfckpt.examples.junit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.examples.junit.CheckpointAssertions.assertFits;
import static org.tfckpt.examples.junit.CheckpointAssertions.assertFitsExactly;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.tfckpt.graph.Graph;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.RestorePlan;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.NamePattern;

class CheckpointFitsGraphTest {
    private static final Path STORY = Path.of(System.getProperty("tfckpt.testdata"), "story");
    private static final Path CHECKPOINT = STORY.resolve("log");

    /** The rules by which the program restores the old checkpoint into the new graph. */
    private static final UnaryOperator<RestorePlan.Builder> RULES =
            plan -> plan.mapping(NameMapping.sed("s#^init/#input/#"))
                    .exclude(NamePattern.of("aux/**"), NamePattern.of("logit/**"), NamePattern.of("global_step"));

    private static Graph graph(String path) throws IOException {
        return Graph.open(STORY.resolve(path));
    }

    private static Graph changedGraph() throws IOException {
        return graph("changed/graph.meta");
    }

    /** What a team writes: one line per graph that has to restore this checkpoint. */
    @Test
    void checkpointFitsTheGraphsThatRestoreIt() throws IOException {
        assertFits(CHECKPOINT, graph("log/model.ckpt-122543.meta"));
        assertFits(CHECKPOINT, changedGraph(), RULES);
    }

    @Test
    void failureListsWhatDoesNotFit() {
        assertThatThrownBy(() -> assertFits(CHECKPOINT, changedGraph()))
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageStartingWith("cannot restore 14 of 68 variables from ")
                .hasMessageContaining(
                        "\n  init/init_conv/DW DT_FLOAT [3,3,3,16]: missing; perhaps 'input/init_conv/DW'")
                .hasMessageContaining("\n  logit/DW DT_FLOAT [32,100]: the checkpoint has logit/DW (DT_FLOAT) [32,10]")
                .hasMessageContaining("\n  global_step DT_INT32 []: the checkpoint has global_step (DT_INT64) []")
                .hasMessageContaining("s#^init/#input/#");
    }

    @Test
    void outdatedRulesFail() {
        assertThatThrownBy(() -> assertFits(
                        CHECKPOINT, changedGraph(), plan -> RULES.apply(plan).exclude(NamePattern.of("old_head/**"))))
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageContaining("outdated rules")
                .hasMessageContaining("old_head/**")
                .hasMessageNotContaining("aux/**");
    }

    @Test
    void unusedTensorsFailOnlyIfEveryTensorHasToBeUsed() throws IOException {
        assertFitsExactly(CHECKPOINT, graph("log/model.ckpt-122543.meta"), plan -> plan);
        assertThatThrownBy(() -> assertFitsExactly(CHECKPOINT, changedGraph(), RULES))
                .isInstanceOf(AssertionFailedError.class)
                .hasMessageContaining("does not use these tensors")
                .hasMessageContaining("logit/DW/Momentum");
    }

    @Test
    void unreadableFileIsNoFailedAssertion() {
        assertThatThrownBy(() -> assertFits(STORY.resolve("nowhere"), changedGraph()))
                .isInstanceOf(CheckpointException.class);
    }
}
