package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import org.junit.jupiter.api.Test;

class ShowCommandTest {
    private static final String STORY = testdata("story/log/model.ckpt-122543");

    @Test
    void printsOneValueAlone() {
        assertThat(ToolRun.of("show", STORY, "global_step")).isEqualTo(new ToolRun(0, "122543\n", ""));
    }

    @Test
    void printsALineBeforeEachOfSeveral() {
        assertThat(ToolRun.of("show", STORY, "global_step", "logit/biases").lines())
                .startsWith("global_step (DT_INT64) []", "122543", "logit/biases (DT_FLOAT) [10]")
                .element(3)
                .asString()
                .startsWith("[");
    }

    @Test
    void shortensUnlessToldNotTo() {
        String name = "unit_1_0/sub1/conv1/DW";
        assertThat(ToolRun.of("show", STORY, name).out()).contains("...");
        assertThat(ToolRun.of("show", "--full", STORY, name).out()).doesNotContain("...");
    }

    @Test
    void saysWhatNameWasMeant() {
        ToolRun run = ToolRun.of("show", STORY, "init/init_conv/DW");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .isEqualTo("tfckpt: no tensor named 'init/init_conv/DW' (TensorFlow: \"Key init/init_conv/DW not found"
                        + " in checkpoint\") [file "
                        + STORY + "]; did you mean 'input/init_conv/DW'?\n");
    }

    @Test
    void printsAPart() {
        String partitioned = testdata("golden/tf218-v2-partitioned/ckpt");
        assertThat(ToolRun.of("show", "--slice", "1,2:-:-", partitioned, "cube").code())
                .isZero();
        assertThat(ToolRun.of("show", "--slice=2,3", STORY, "logit/biases").out())
                .isEqualTo("[ 0.0052696  -0.05934804 -0.00380204]\n");
        ToolRun wrong = ToolRun.of("show", "--slice", "0,11", STORY, "logit/biases");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err())
                .startsWith("tfckpt: --slice '0,11' is not a region of logit/biases (DT_FLOAT) [10]: ")
                .contains("Extent in dimension 0 out of bounds: shape = [10], slice = 0,11");
    }
}
