package org.tfckpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.EndlessWriter;
import org.tfckpt.testing.Folder;

/** A real process, a real SIGKILL. */
class CheckpointWriterKillTest {
    private static final int KILLS = Integer.getInteger("tfckpt.kills", 15);

    @TempDir
    private Path directory;

    @Test
    void aWriterThatIsKilledLeavesTheOldCheckpointOrTheNewOne() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed of the kill test: " + seed);
        Random random = new Random(seed);
        Path prefix = directory.resolve("ckpt");
        EndlessWriter.write(prefix, 0, 1);
        int last = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int finished = run(prefix, last + 1, random.nextLong(), random.nextInt(60));
            last = number(prefix);
            // At most one checkpoint was on its way when the last one was announced.
            assertThat(last).as("kill %d of seed %d", kill, seed).isBetween(finished, finished + 1);
        }
        EndlessWriter.write(prefix, last, 1);
        assertThat(Folder.names(directory)).containsExactly("ckpt.data-00000-of-00001", "ckpt.index");
    }

    /** Starts a writer and kills it; returns the last number that it announced, or the one before its first. */
    private int run(Path prefix, int first, long seed, int milliseconds) throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                EndlessWriter.class.getName(),
                prefix.toString(),
                String.valueOf(first),
                String.valueOf(seed));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        int finished = first - 1;
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            TimeUnit.MILLISECONDS.sleep(milliseconds);
            // By its handle: the process itself would close its output, and what it had announced were lost.
            process.toHandle().destroyForcibly();
            assertThat(line).isNotNull();
            for (; line != null; line = out.readLine()) {
                finished = Integer.parseInt(line);
            }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return finished;
    }

    /** The number that all tensors hold; fails if the checkpoint is not whole. */
    private static int number(Path prefix) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            List<TensorInfo> infos = checkpoint.tensors().toList();
            assertThat(infos).hasSize(EndlessWriter.TENSORS);
            for (TensorInfo info : infos) {
                for (int value : checkpoint.tensor(info).toIntArray()) {
                    if (!numbers.contains(value)) {
                        numbers.add(value);
                    }
                }
            }
        }
        assertThat(numbers).hasSize(1);
        return numbers.get(0);
    }
}
