package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "D:\\\\models\\\\My Project\\\\m-9",
                "\\\\\\\\server\\\\share\\\\m-9",
                "C:/models\\\\run/m-9",
                "D:m-9",
                "old\\\\m-9",
                "/long/gone/m-9"
            })
    void findsAndRepairsWhatWasWrittenElsewhere(String entry) throws IOException {
        copy("m-9");
        String text =
                "\ufeffmodel_checkpoint_path: \"" + entry + "\"\r\nall_model_checkpoint_paths: \"" + entry + "\"\r\n";
        Files.writeString(state(), text);
        ToolRun listed = ToolRun.of("ls", directory);
        ToolRun shown = ToolRun.of("state", directory);
        ToolRun repaired = ToolRun.of("state", "--write", directory);

        assertThat(listed.out())
                .isEqualTo(ToolRun.of("ls", directory.resolve("m-9")).out());
        assertThat(shown.out())
                .contains("exists at " + directory.resolve("m-9"))
                .doesNotContain("missing");
        assertThat(shown.code()).isZero();
        assertThat(repaired).isEqualTo(new ToolRun(0, "* m-9  exists\n", ""));
        assertThat(state()).hasContent("model_checkpoint_path: \"m-9\"\nall_model_checkpoint_paths: \"m-9\"\n");
    }

    @Test
    void aRelativePathOfWindowsLeadsToASubdirectory() throws IOException {
        copy("sub/m-1");
        Files.write(state(), "model_checkpoint_path: \"sub\\\\m-1\"\n".getBytes(StandardCharsets.UTF_16));

        assertThat(ToolRun.of("state", "--write", directory).code()).isZero();
        assertThat(state()).content().contains("model_checkpoint_path: \"sub/m-1\"");
    }

    @ParameterizedTest
    @CsvSource({
        "'', the state file is empty",
        "'# nothing\n\n  # at all', 'the state file names no checkpoint, only comments'",
        "'\0\0\0\0', but full of zeros",
        "'all_model_checkpoint_paths: \"m-9\"', the state file does not name a latest checkpoint",
        "'Some words.', not a checkpoint state file but a text file",
        "'model_checkpoint_path: \"m-', 'not a checkpoint state file: line 1'"
    })
    void aBlankOrDamagedStateFileIsCalledThat(String content, String answer) throws IOException {
        copy("m-9");
        copy("m-10");
        Files.writeString(state(), content);
        for (String command : List.of("state", "ls")) {
            ToolRun run = ToolRun.of(command, directory);
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains(answer).contains(state().toString());
        }
        ToolRun repaired = ToolRun.of("state", "--write", directory);
        if (answer.contains("text file")) {
            assertThat(repaired.code()).isEqualTo(2);
            assertThat(state()).hasContent(content);
        } else {
            assertThat(repaired).isEqualTo(new ToolRun(0, "  m-9  exists\n* m-10  exists\n", ""));
        }
    }

    @Test
    void aFileOfAnotherKindIsNotReplaced() throws IOException {
        copy("m-9");
        Files.writeString(state(), "version https://git-lfs.github.com/spec/v1\n");

        assertThat(ToolRun.of("state", "--write", directory).err()).contains("a Git LFS pointer");
        assertThat(state()).content().startsWith("version");
    }

    @Test
    void aSingleBackslashIsExplained() throws IOException {
        Files.writeString(state(), "model_checkpoint_path: \"D:\\models\\m\"\n");

        assertThat(ToolRun.of("state", directory).err()).contains("write each backslash of a path twice");
    }

    @Test
    void repairKeepsWhatExistsWithItsTime() throws IOException {
        copy("m-1");
        copy("m-2");
        Files.writeString(state(), """
                model_checkpoint_path: "/gone/m-3"
                all_model_checkpoint_paths: "/gone/m-1"
                all_model_checkpoint_paths: "m-2"
                all_model_checkpoint_paths: "/gone/m-3"
                all_model_checkpoint_timestamps: 1
                all_model_checkpoint_timestamps: 2
                all_model_checkpoint_timestamps: 3
                last_preserved_timestamp: 0.5
                """);
        assertThat(ToolRun.of("state", "--write", directory).code()).isZero();
        assertThat(state()).hasContent("""
                model_checkpoint_path: "m-2"
                all_model_checkpoint_paths: "m-1"
                all_model_checkpoint_paths: "m-2"
                all_model_checkpoint_timestamps: 1.0
                all_model_checkpoint_timestamps: 2.0
                last_preserved_timestamp: 0.5
                """);
    }

    @Test
    void withoutAStateFileTheCheckpointsAreNamedAndCanBeListedByStep() throws IOException {
        copy("m-10");
        copy("m-9");
        Files.createFile(directory.resolve("._m-11.index"));

        assertThat(ToolRun.of("state", directory).err())
                .contains("'m-10', 'm-9'")
                .doesNotContain("._");
        assertThat(ToolRun.of("state", "--write", directory))
                .isEqualTo(new ToolRun(0, "  m-9  exists\n* m-10  exists\n", ""));
    }

    @Test
    void nothingIsWrittenWithoutACheckpoint() throws IOException {
        assertThat(ToolRun.of("state", "--write", directory).code()).isEqualTo(2);
        assertThat(state()).doesNotExist();

        Files.writeString(state(), "model_checkpoint_path: \"m\"\n");
        assertThat(ToolRun.of("state", "--write", directory).err()).contains("none of the checkpoints");
        assertThat(state()).hasContent("model_checkpoint_path: \"m\"\n");
    }

    private Path state() {
        return directory.resolve("checkpoint");
    }

    private void copy(String name) throws IOException {
        SituationsTest.copy(directory.resolve(name));
    }
}
