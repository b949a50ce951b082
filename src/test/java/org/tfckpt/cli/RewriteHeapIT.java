package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.LargeCheckpoints;

/** The runnable jar in a heap of 64 MiB: every way of rewriting, and statistics, differences and averages, on a GiB and on a hundred thousand tensors. */
class RewriteHeapIT {
    private static final int GIB_TENSORS = 4;
    private static final long GIB_ELEMENTS = 1L << 26;
    private static final int MANY = 100_000;

    @TempDir
    private Path directory;

    private Path source = Path.of("");
    private Path target = Path.of("");

    @BeforeEach
    void nameThem() {
        source = directory.resolve("source");
        target = directory.resolve("target");
    }

    /** Runs {@code rewrite}; gives what it says behind the prefix. */
    private String rewrite(Path to, Object... words) throws IOException, InterruptedException {
        List<Object> arguments = new ArrayList<>(List.of("rewrite", "-o", to));
        arguments.addAll(List.of(words));
        return run(arguments.toArray()).replace(to + ": ", "").strip();
    }

    private String run(Object... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-jar",
                System.getProperty("tfckpt.jar")));
        for (Object word : words) {
            command.add(word.toString());
        }
        Path out = directory.resolve("out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(out);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    @Test
    void valuesOfLargeTensors() throws Exception {
        LargeCheckpoints.ofZeros(source, 2, GIB_ELEMENTS / 2);
        LargeCheckpoints.ofZeros(target, 2, GIB_ELEMENTS / 2);
        assertThat(run("stats", "--threads", "4", source)).contains("67,108,864 zeros");
        assertThat(run("diff", "--bytes", "--threads", "4", source, target)).isNotEmpty();
        Path mean = directory.resolve("mean");
        assertThat(run("average", "--threads", "4", source, target, source, "-o", mean))
                .contains("average of 3 checkpoints, 2 tensors; verified");
        assertThat(run("ls", "--duplicates", source)).contains("134,217,728 bytes in copies");
    }

    /** What is read by nobody any more shall not fill the disk. */
    private void discard() throws IOException {
        for (String name : Folder.names(directory)) {
            if (name.startsWith("target.")) {
                Files.delete(directory.resolve(name));
            }
        }
    }

    @Test
    void aGibibyte() throws Exception {
        LargeCheckpoints.ofZeros(source, GIB_TENSORS, GIB_ELEMENTS);
        Path renamed = directory.resolve("renamed");
        assertThat(rewrite(renamed, source, "--rename", "s#scope#new#")).endsWith("0 bytes written");
        assertThat(rewrite(target, source, renamed))
                .endsWith("2 data files linked (2,147,483,648 bytes), 0 bytes written");
        discard();
        assertThat(rewrite(target, source, "--copy")).endsWith("1,073,741,824 bytes written");
        discard();
        assertThat(rewrite(target, source, "--include", LargeCheckpoints.name(1)))
                .endsWith("268,435,456 bytes written, 805,306,368 bytes saved");
        discard();
        assertThat(rewrite(target, source, "--shards", "3")).endsWith("1,073,741,824 bytes written");
        assertThat(Checkpoints.names(target)).hasSize(GIB_TENSORS);
        discard();
        assertThat(rewrite(target, source, "--cast", "half", "--include", LargeCheckpoints.name(2)))
                .contains("134,217,728 bytes written");
    }

    @Test
    void aHundredThousandTensors() throws Exception {
        LargeCheckpoints.ofZeros(source, MANY, 2);
        Path other = directory.resolve("other");
        LargeCheckpoints.ofZeros(other, 1, 2);
        assertThat(rewrite(target, source, "--rename", "s#scope#new#")).endsWith("0 bytes written");
        assertThat(Checkpoints.names(target)).hasSize(MANY).startsWith("new/tensor_0000000");
        discard();
        assertThat(rewrite(target, source, "--copy")).endsWith("800,000 bytes written");
        discard();
        assertThat(rewrite(target, source, other, "--on-clash", "last")).startsWith("100,000 tensors, 1 dropped");
        discard();
        assertThat(rewrite(target, source, "--shards", "3")).endsWith("800,000 bytes written");
        discard();
        assertThat(rewrite(target, source, "--cast", "half")).endsWith("400,000 bytes written");
        assertThat(Checkpoints.names(target)).hasSize(MANY);
    }
}
