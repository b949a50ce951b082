package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Folder;

class InterruptionTest {
    /** Writing takes longer than the test needs to notice it. */
    private static final int ELEMENTS = 1 << 24;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"new/ckpt", "new/model.safetensors"})
    @Timeout(60)
    void aProcessThatIsAskedToEndLeavesNoTemporaryFiles(String output) throws IOException, InterruptedException {
        Path prefix = directory.resolve("ckpt");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("x", Shape.of(ELEMENTS), org.tfckpt.ValueSource.of(new float[ELEMENTS]));
            out.finish();
        }
        Path target = directory.resolve(output);
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "rewrite",
                prefix.toString(),
                "-o",
                target.toString(),
                "--cast",
                "double");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.redirectErrorStream(true).start();
        while (process.isAlive() && temporaryFiles(target.getParent()).isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        // SIGTERM: a child of this process may ignore SIGINT.
        process.toHandle().destroy();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isEqualTo(128 + 15);
        // Not empty: old versions of protobuf-java print warnings.
        assertThat(printed).doesNotContain("tfckpt: ", "Exception");
        assertThat(Folder.names(target.getParent())).isEmpty();
    }

    private static List<String> temporaryFiles(Path folder) {
        return Files.isDirectory(folder) ? Folder.names(folder) : List.of();
    }
}
