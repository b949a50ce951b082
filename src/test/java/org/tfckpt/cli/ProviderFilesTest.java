package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.BundleBuilder;

/** The tool with URIs of file system providers. */
class ProviderFilesTest {
    @TempDir
    private Path directory;

    @Test
    void urisAreReadThroughTheirProvider() throws IOException {
        try (FileSystem memory = Jimfs.newFileSystem("tool-bucket", Configuration.unix())) {
            Path log = Files.createDirectories(memory.getPath("/log"));
            new BundleBuilder().floats("v", 1, 2).write(log.resolve("m"));
            Files.writeString(log.resolve("checkpoint"), "model_checkpoint_path: \"m\"");

            assertThat(ToolRun.of("ls", "jimfs://tool-bucket/log").lines()).containsExactly("v (DT_FLOAT) [2]");
            ToolRun verified = ToolRun.of("verify", "jimfs://tool-bucket/log/m");
            assertThat(verified.lines()).containsExactly("jimfs://tool-bucket/log/m: ok (1 tensor, 8 bytes)");
            assertThat(verified.err()).matches("tfckpt: 'jimfs://tool-bucket/log/m': read 0.0 MB in .* MB/s\n");
            ToolRun stats = ToolRun.of("stats", "--cache", "8000000", "jimfs://tool-bucket/log/m");
            assertThat(stats.code()).as(stats.err()).isZero();
            assertThat(stats.err()).contains("MB/s");
            Path copy = directory.resolve("copy");
            ToolRun copied = ToolRun.of("rewrite", "jimfs://tool-bucket/log", "-o", copy);
            assertThat(copied.code()).as(copied.err()).isZero();
            assertThat(ToolRun.of("diff", copy, "jimfs://tool-bucket/log/m").code())
                    .isZero();
            ToolRun state = ToolRun.of("state", "--write", "jimfs://tool-bucket/log");
            assertThat(state.code()).isEqualTo(2);
            assertThat(state.err()).contains("nothing can be written to it");
        }
    }

    @Test
    void aMissingProviderIsNamedAndTheOutputIsLocal() {
        ToolRun missing = ToolRun.of("ls", "gs://bucket/m");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("com.google.cloud:google-cloud-nio").contains("lib/ext", "TFCKPT_CLASSPATH");
        ToolRun output = ToolRun.of("rewrite", ToolRun.testdata("story/log"), "-o", "gs://bucket/m");
        assertThat(output.code()).isEqualTo(2);
        assertThat(output.err()).contains("-o takes a local path, not a URL");
        ToolRun report = ToolRun.of("report", ToolRun.testdata("story/log"), "-o", "https://localhost:1/report.html");
        assertThat(report.code()).isEqualTo(2);
        assertThat(report.err()).contains("-o takes a local path, not a URL");
    }
}
