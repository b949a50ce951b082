package org.tfckpt.damage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.HostileInputs;

/**
 * Each input within a heap of 64 MB and within seconds. What is promised of time is a factor: no input takes more than a
 * hundred times as long as a valid checkpoint of its size in small tensors. The worst that was found is 34 ({@code
 * HostileInputs compare} prints all); much of it is Snappy, of which a byte makes twenty. Here is no factor asserted, only
 * an end: a clock is no test on a busy machine.
 */
@DisplayName("No small file costs much memory or time, whatever it claims")
class BoundsTest {
    /** Far above what any takes, and far below what any took that was not bounded. */
    private static final long LONGEST_MILLIS = 30_000;

    @TempDir
    Path directory;

    @Test
    void inSixtyFourMegabytes() throws Exception {
        HostileInputs.main(new String[] {"make", directory.toString()});
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostileInputs.class.getName(),
                        "read",
                        directory.toString())
                .redirectErrorStream(true)
                .start();
        List<String> output = lines(process);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(String.join("\n", output)).isZero();
        // protobuf-java 4.28 logs that it is newer than the generated classes.
        List<String> lines = output.stream().filter(line -> line.contains("\t")).toList();
        assertThat(lines).hasSameSizeAs(HostileInputs.values());
        for (String text : lines) {
            String[] line = text.split("\t", 3);
            assertThat(Long.parseLong(line[1])).as(text).isLessThan(LONGEST_MILLIS);
            assertThat(line[2])
                    .as(line[0])
                    .isNotEmpty()
                    .contains(HostileInputs.valueOf(line[0]).answer());
        }
    }

    private static List<String> lines(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
