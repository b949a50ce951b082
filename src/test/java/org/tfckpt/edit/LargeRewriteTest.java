package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.LargeCheckpoints;

/** Rewrites 2 GiB with a heap of 64 MiB, in a separate process. The file is sparse. */
class LargeRewriteTest {
    private static final int TENSORS = 8;
    private static final long ELEMENTS = 1L << 26;

    @TempDir
    private Path directory;

    @Test
    void renamingTwoGibibytesOnlyWritesAnIndex() throws Exception {
        Path source = directory.resolve("source");
        LargeCheckpoints.ofZeros(source, TENSORS, ELEMENTS);
        Path target = directory.resolve("target");
        assertThat(run("rewrite", source.toString(), "-o", target.toString(), "--link", "--rename", "s#scope#new#"))
                .isEqualTo(
                        target + ": 8 tensors, 8 renamed; 1 data file linked (2,147,483,648 bytes), 0 bytes written\n");
        assertThat(Checkpoints.names(target)).hasSize(TENSORS).allMatch(name -> name.startsWith("new/tensor_"));
        assertThat(Rewrites.inode(target, ".data-00000-of-00001"))
                .isEqualTo(Rewrites.inode(source, ".data-00000-of-00001"));
        Path some = directory.resolve("some");
        assertThat(run("rewrite", source.toString(), "-o", some.toString(), "--include", "scope/tensor_0000003"))
                .isEqualTo(some + ": 1 tensor, 7 dropped; 268,435,456 bytes written, 1,879,048,192 bytes saved\n");
        Path half = directory.resolve("half");
        assertThat(run(
                        "rewrite",
                        source.toString(),
                        "-o",
                        half.toString(),
                        "--include",
                        "scope/tensor_0000003",
                        "--cast",
                        "half"))
                .startsWith(half + ": 1 tensor, 1 cast, 7 dropped; 134,217,728 bytes written");
    }

    private static String run(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                "org.tfckpt.cli.Main"));
        command.addAll(Arrays.asList(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out;
    }
}
