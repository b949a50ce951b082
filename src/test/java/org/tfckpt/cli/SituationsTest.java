package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.Corpus;

/** What lies around a checkpoint that is missing, incomplete or misnamed. */
class SituationsTest {
    @TempDir
    private Path directory;

    /** Copies a small checkpoint. */
    static void copy(Path prefix) throws IOException {
        Path intact = Corpus.root().resolve("story/log/model.ckpt-100000");
        Files.createDirectories(prefix.getParent());
        Files.copy(Path.of(intact + ".index"), Path.of(prefix + ".index"));
        Files.copy(Path.of(intact + ".data-00000-of-00001"), Path.of(prefix + ".data-00000-of-00001"));
    }

    private Path path(String name) {
        return directory.resolve(name);
    }

    private void rename(String from, String to) throws IOException {
        Files.move(path(from), path(to));
    }

    @Test
    void aMissingDirectoryIsNamed() {
        assertThat(ToolRun.of("ls", path("log/run/m")).err())
                .contains("'" + path("log") + "' is a directory that does not exist");
    }

    @Test
    void aMissingIndexIsNamedWithTheDataFile() throws IOException {
        copy(path("m"));
        Files.delete(path("m.index"));

        ToolRun run = ToolRun.of("ls", path("m"));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("the index '" + path("m.index") + "' is missing")
                .contains("the data file 'm.data-00000-of-00001' exists");
    }

    @Test
    void aDirectoryWithDataFilesAloneSaysThatTheIndexIsMissing() throws IOException {
        Files.createFile(path("m.data-00000-of-00002"));
        Files.createFile(path("m.data-00001-of-00002"));

        assertThat(ToolRun.of("ls", directory).err())
                .contains("the index '" + path("m.index") + "' is missing")
                .contains("the data file 'm.data-00000-of-00002' and 1 more exist (");
    }

    @Test
    void aRenamedIndexIsFound() throws IOException {
        copy(path("m"));
        rename("m.index", "m.index.txt");

        assertThat(ToolRun.of("ls", path("m")).err()).contains("rename 'm.index.txt' to 'm.index'");
        assertThat(ToolRun.of("ls", path("m.data-00000-of-00001")).err()).contains("rename 'm.index.txt' to 'm.index'");
        assertThat(ToolRun.of("ls", path("m.index.txt")).err()).contains("rename 'm.index.txt' to 'm.index'");
        assertThat(ToolRun.of("verify", directory).out()).contains("rename 'm.index.txt' to 'm.index'");
    }

    @Test
    void aRenamedDataFileWithoutAnIndexIsFound() throws IOException {
        copy(path("m"));
        Files.delete(path("m.index"));
        rename("m.data-00000-of-00001", "m.data");

        assertThat(ToolRun.of("ls", path("m")).err())
                .contains("m.index' is missing; the data file 'm.data' exists")
                .contains("rename 'm.data' to 'm.data-00000-of-00001'");
        assertThat(ToolRun.of("ls", path("m.data")).err()).contains("rename 'm.data' to 'm.data-00000-of-00001'");
    }

    @Test
    void partsOfAnInterruptedSaveAreNamed() throws IOException {
        copy(path("m_temp_0a1b/part-00000-of-00002"));
        Files.createFile(path("n.index.tempstate123"));

        ToolRun verified = ToolRun.of("verify", directory);

        assertThat(verified.code()).isEqualTo(1);
        assertThat(verified.out())
                .contains("part of a save of '" + path("m") + "' that was interrupted")
                .contains("part of a save of '" + path("n") + "' that was interrupted")
                .doesNotContain(": ok");
        assertThat(ToolRun.of("ls", path("m")).err())
                .contains("interrupted")
                .contains("can be opened: '" + path("m_temp_0a1b/part-00000-of-00002") + "'");
        assertThat(ToolRun.of("ls", path("n")).err()).contains("interrupted").contains("n.index.tempstate123");
    }

    @Test
    void partsOfASaveThatWasRepeatedAreNoProblem() throws IOException {
        copy(path("m"));
        copy(path("m_temp/part-00000-of-00001"));

        ToolRun verified = ToolRun.of("verify", directory);

        assertThat(verified.code()).isZero();
        assertThat(verified.out()).hasLineCount(1).contains(": ok");
        assertThat(verified.err()).contains("interrupted").contains("the checkpoint itself exists");
    }

    @Test
    void filesOfMacOsAreNoCheckpoints() throws IOException {
        copy(path("m"));
        copy(path("__MACOSX/x"));
        Files.createFile(path("._m.index"));
        Files.createFile(path("._m.data-00000-of-00001"));

        assertThat(ToolRun.of("verify", directory).out()).hasLineCount(1).contains(": ok");
        assertThat(ToolRun.of("ls", path("k")).err())
                .contains("has the checkpoint 'm'")
                .doesNotContain("._");
    }

    @Test
    void aDirectoryIsNoPrefixOfANewCheckpoint() throws IOException {
        copy(path("m"));
        Files.createDirectory(path("old"));

        for (String output : new String[] {path("old").toString(), path("old") + "/", path("new") + "/"}) {
            ToolRun run = ToolRun.of("rewrite", path("m"), "-o", output);

            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err())
                    .contains("write for example -o '" + Path.of(output).resolve("m") + "'");
        }
        assertThat(path("new.index")).doesNotExist();
        assertThat(path("old.index")).doesNotExist();
    }

    @Test
    void theEntryOfTheSameCheckpointIsReplaced() throws IOException {
        copy(path("m-1"));
        copy(path("m-2"));
        Files.writeString(path("checkpoint"), """
                model_checkpoint_path: "D:\\\\log\\\\m-2"
                all_model_checkpoint_paths: "D:\\\\log\\\\m-1"
                all_model_checkpoint_paths: "D:\\\\log\\\\m-2"
                """);

        ToolRun run = ToolRun.of("rewrite", path("m-2"), "-o", path("m-1"), "--force", "--state", "update");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(path("checkpoint")).hasContent("""
                model_checkpoint_path: "m-1"
                all_model_checkpoint_paths: "D:\\\\log\\\\m-2"
                all_model_checkpoint_paths: "m-1"
                """);
    }
}
