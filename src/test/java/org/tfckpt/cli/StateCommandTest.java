package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.Json;

class StateCommandTest {
    @TempDir
    private Path directory;

    @Test
    void marksTheLatest() {
        ToolRun run = ToolRun.of("state", testdata("story/log"));
        assertThat(run)
                .isEqualTo(new ToolRun(0, "  model.ckpt-100000  exists\n* model.ckpt-122543  exists\n", ""))
                .isEqualTo(ToolRun.of("state", testdata("story/log/checkpoint")));
    }

    @Test
    void findsWhatMovedAndAnswersNoWhereTheLatestIsGone() throws IOException {
        Copies.of(testdata("story/log/model.ckpt-100000"), directory);
        Path state = directory.resolve("checkpoint");
        Files.writeString(state, """
                model_checkpoint_path: "/long/gone/model.ckpt-122543"
                all_model_checkpoint_paths: "/long/gone/model.ckpt-100000"
                all_model_checkpoint_paths: "/long/gone/model.ckpt-122543"
                all_model_checkpoint_timestamps: 1576200425.5
                """);
        ToolRun run = ToolRun.of("state", directory);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines())
                .containsExactly(
                        "  /long/gone/model.ckpt-100000  exists at " + directory.resolve("model.ckpt-100000")
                                + "  2019-12-13T01:27:05.500Z",
                        "* /long/gone/model.ckpt-122543  missing");
    }

    @Test
    void givesJson() throws IOException {
        Map<String, Object> json =
                ToolRun.of("state", "--json", testdata("story/log")).json();
        assertThat(json).containsEntry("latest", "model.ckpt-122543").containsEntry("there", true);
        List<Map<String, Object>> all = Json.list(json.get("all"));
        assertThat(all).hasSize(2);
        assertThat(all.get(0)).containsEntry("prefix", "model.ckpt-100000").containsEntry("there", true);
    }

    @Test
    void saysThatThereIsNone() {
        ToolRun run = ToolRun.of("state", directory);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("tfckpt: ").hasLineCount(1);
    }
}
