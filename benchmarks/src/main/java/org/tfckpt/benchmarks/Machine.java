package org.tfckpt.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * The machine and software of a run.
 *
 * @param lines the description
 * @param toolBytes the size of the tool's jar, or 0 if there is none
 */
record Machine(List<String> lines, long toolBytes) {
    static Machine of(List<Jdk> jdks) throws IOException {
        Properties versions = new Properties();
        try (InputStream in = Machine.class.getResourceAsStream("versions.properties")) {
            versions.load(in);
        }
        List<String> lines = new ArrayList<>();
        lines.add(LocalDate.now(ZoneOffset.UTC) + ", tfckpt " + versions.getProperty("tfckpt"));
        lines.add(processor() + ", " + Runtime.getRuntime().availableProcessors() + " processors, " + memory() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch") + "; files in the page cache");
        jdks.forEach(jdk -> lines.add("JDK " + jdk.version() + ": " + jdk.runtime()));
        lines.add("JMH " + versions.getProperty("jmh") + ", snappy-java " + versions.getProperty("snappy-java")
                + ", TensorFlow's own library of tensorflow-core-native " + versions.getProperty("tensorflow")
                + (Files.exists(Places.PEERS) ? "" : " (not here)"));
        return new Machine(lines, Files.exists(Places.TOOL) ? Files.size(Places.TOOL) : 0);
    }

    /** Reads the value from Linux's {@code /proc}. */
    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            try (Stream<String> lines = Files.lines(info)) {
                return lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).trim())
                        .findFirst()
                        .orElse("unknown processor");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return "unknown processor";
    }

    private static String memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? (system.getTotalMemorySize() >> 30) + " GiB"
                : "unknown memory";
    }
}
