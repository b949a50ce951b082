package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.Corpus;

class ManualCommandTest {
    @TempDir
    private Path directory;

    @Test
    void commandReferenceOfTheSiteIsThatOfTheTool() throws Exception {
        Path reference = Corpus.root().resolveSibling("src/site/markdown/commands.md");
        assertThat(ToolRun.of("manual", directory).code()).isZero();
        assertThat(Files.readString(reference))
                .as("options or help texts have changed; after 'mvn package -DskipTests', run"
                        + " 'cp target/manual/commands.md src/site/markdown/'")
                .isEqualTo(Files.readString(directory.resolve("commands.md")));
    }

    @Test
    void manPageDescribesEveryOption() throws Exception {
        assertThat(ToolRun.of("manual", directory).code()).isZero();
        assertThat(Files.readString(directory.resolve("tfckpt-ls.1")))
                .contains(".SH SYNOPSIS\n.PP\n.RS 4\ntfckpt ls [\\-hl]")
                .contains("[\\-\\-[no\\-]mapping]")
                .contains(
                        ".TP\n\\fB\\-\\-[no\\-]summary\\fR\n",
                        ".TP\n\\fB\\-\\-stacktrace\\fR\n",
                        ".TP\n\\fB\\-\\-cache=BYTES\\fR\n")
                .doesNotContain("common-options");
    }
}
