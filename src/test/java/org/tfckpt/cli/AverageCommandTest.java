package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Json;

class AverageCommandTest {
    @TempDir
    private Path directory;

    private Path output;

    @BeforeEach
    void write() throws IOException {
        output = directory.resolve("out/average.ckpt");
        StringBuilder state = new StringBuilder("model_checkpoint_path: \"model.ckpt-3\"\n");
        for (int step = 1; step <= 3; step++) {
            try (CheckpointWriter out = CheckpointWriter.open(directory.resolve("model.ckpt-" + step))) {
                out.add("global_step", Shape.of(), ValueSource.of((long) step));
                out.add("w", Shape.of(2), ValueSource.of(step * 1f, step * 10f));
                out.finish();
            }
            state.append("all_model_checkpoint_paths: \"model.ckpt-")
                    .append(step)
                    .append("\"\n");
        }
        Files.writeString(directory.resolve("checkpoint"), state);
    }

    private float[] averaged() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(output)) {
            return checkpoint.tensor("w").toFloatArray();
        }
    }

    @Test
    void averagesCheckpoints() throws IOException {
        ToolRun run = ToolRun.of(
                "average", directory.resolve("model.ckpt-1"), directory.resolve("model.ckpt-3"), "-o", output);
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo(output + ": average of 2 checkpoints, 2 tensors; verified\n");
        assertThat(run.err())
                .isEqualTo("tfckpt: warning: 'global_step' is not averaged and differs; the value of '"
                        + directory.resolve("model.ckpt-3") + "' is kept\n");
        assertThat(averaged()).containsExactly(2, 20);
    }

    @Test
    void averagesTheLastOfAStateFile() throws IOException {
        assertThat(ToolRun.of("average", "--last", "2", directory, "-o", output).code())
                .isZero();
        assertThat(averaged()).containsExactly(2.5f, 25);
        assertThat(ToolRun.of("average", "--last", "2", directory, "-o", output).err())
                .contains("already exists");
        ToolRun weighted = ToolRun.of(
                "average", "--last", "3", "--weights", "1,0,3", "--force", "--include", "w", directory, "-o", output);
        assertThat(weighted).isEqualTo(new ToolRun(0, output + ": average of 3 checkpoints, 1 tensor; verified\n", ""));
        assertThat(averaged()).containsExactly(2.5f, 25);
        assertThat(ToolRun.of("average", "--last", "4", directory, "-o", output).err())
                .endsWith("lists 3 existing checkpoints; use --last 3, or name the checkpoints to average instead\n");
        assertThat(ToolRun.of("average", "--last", "2", directory.resolve("model.ckpt-3"), "-o", output)
                        .err())
                .endsWith("; a state file is named 'checkpoint'; its directory may be given, too\n");
        assertThat(ToolRun.of("average", "--weights", "1,2", directory, "-o", output)
                        .code())
                .isEqualTo(2);
    }

    @Test
    void movingAverages() throws IOException {
        String story = testdata("story/log");
        ToolRun run = ToolRun.of("average", "--ema", story, story, "-o", output);
        assertThat(run.code()).isZero();
        Path rewritten = directory.resolve("ema");
        assertThat(ToolRun.of("rewrite", "--ema", "--no-slots", story, "-o", rewritten)
                        .code())
                .isZero();
        assertThat(ToolRun.of("diff", "-q", output, rewritten).code()).isZero();
        assertThat(ToolRun.of("ls", output).out()).contains("logit/DW ").doesNotContain("ExponentialMovingAverage");
        assertThat(ToolRun.of("diff", "--names-only", "--include", "logit/*", story, output)
                        .code())
                .isZero();
        assertThat(ToolRun.of("diff", "-q", "--include", "logit/*", story, output)
                        .code())
                .isEqualTo(1);
        assertThat(ToolRun.of("rewrite", "--partial", story, "-o", rewritten, "--force")
                        .code())
                .isEqualTo(2);
    }

    @Test
    void printsJson() throws IOException {
        ToolRun run = ToolRun.of("average", "--json", "--last", "2", directory, "-o", output);
        assertThat(run.json())
                .containsEntry("checkpoint", output.toString())
                .containsEntry("written", true)
                .containsEntry(
                        "notes",
                        List.of("'global_step' is not averaged and differs; the value of '"
                                + directory.resolve("model.ckpt-3") + "' is kept"));
        assertThat(Json.list(run.json().get("tensors")))
                .extracting(tensor -> Json.object(tensor).get("name"))
                .containsExactly("global_step", "w");
        assertThat(Json.object(run.json().get("totals"))).containsEntry("tensors", 2L);
    }

    @Test
    void movingAveragesOfTheVariablesThatAGraphWants() throws IOException {
        String story = testdata("story/log");
        Path wanted = Files.writeString(
                directory.resolve("inference.txt"), "net/DW:0 <dtype: 'float32_ref'> (32, 10)\nglobal_step:0 ()\n");
        ToolRun run = ToolRun.of("rewrite", "--ema", story, "--for", wanted, "--from", "s#^net/#logit/#", "-o", output);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(ToolRun.of("ls", output).out()).isEqualTo("""
                global_step (DT_INT64) []
                net/DW (DT_FLOAT) [32,10]
                """);
        assertThat(ToolRun.of("diff", story, output, "--include", "**/ExponentialMovingAverage", "--include", "net/*")
                        .code())
                .isEqualTo(1);
        assertThat(ToolRun.of(
                                "diff",
                                "--include",
                                "logit/DW/ExponentialMovingAverage",
                                "--from",
                                "s#logit/DW/ExponentialMovingAverage#net/DW#",
                                story,
                                output)
                        .code())
                .isZero();
        assertThat(ToolRun.of("rewrite", "--ema", directory.resolve("model.ckpt-1"), "-o", output, "--force")
                        .err())
                .isEqualTo("tfckpt: no variable has a moving average\n");
    }

    @Test
    void theSuffixSelectsTheFormat() {
        Path file = directory.resolve("average.safetensors");
        assertThat(ToolRun.of("average", "--last", "2", directory, "-o", file).out())
                .isEqualTo(file + ": average of 2 checkpoints, 2 tensors; verified\n");
        assertThat(ToolRun.of("average", "--last", "2", directory, "-o", output).code())
                .isZero();
        assertThat(ToolRun.of("diff", output, file).code()).isZero();
        assertThat(ToolRun.of("average", "--last", "2", directory, "-o", directory.resolve("x.pt"))
                        .err())
                .contains("/x.pt' becomes the prefix of a TensorFlow checkpoint");
        assertThat(ToolRun.of("ls", "--json", file).out()).contains("\"format\":\"safetensors\"");
        assertThat(ToolRun.of("average", "--last", "2", directory, "-o", directory)
                        .err())
                .contains("is a directory; write for example -o '" + directory.resolve("model.ckpt-3") + "'");
    }
}
