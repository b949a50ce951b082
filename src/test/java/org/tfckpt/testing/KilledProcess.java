package org.tfckpt.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Kills a process (SIGKILL) that repeats an operation and prints a number after each. */
public final class KilledProcess {
    private KilledProcess() {}

    /**
     * Starts a program and kills it some time after it printed its first number.
     *
     * @return the last number printed
     */
    public static int run(Class<?> program, Path prefix, int first, long seed, int milliseconds)
            throws IOException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
                program.getName(),
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
            // Not Process.destroyForcibly, which closes the output, so that numbers already printed would be lost.
            process.toHandle().destroyForcibly();
            assertThat(line).isNotNull();
            for (; line != null; line = out.readLine()) {
                finished = Integer.parseInt(line);
            }
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return finished;
    }
}
