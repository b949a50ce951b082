package org.tfckpt.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A JDK to measure on.
 *
 * @param home the directory of the JDK
 * @param version the value of {@code java.version}
 * @param runtime the names of the virtual machine and its vendor
 */
record Jdk(Path home, String version, String runtime) {
    /** Returns the JDK in a directory, after running it to get its version. */
    static Jdk at(Path home) throws IOException {
        Process process = new ProcessBuilder(java(home), "-XshowSettings:properties", "-version")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = process.inputReader()) {
            Map<String, String> properties = lines.lines()
                    .map(line -> line.trim().split(" = ", 2))
                    .filter(property -> property.length == 2)
                    .collect(Collectors.toMap(property -> property[0], property -> property[1], (one, other) -> one));
            String version = properties.get("java.version");
            if (version == null) {
                throw new IOException("no JDK in " + home);
            }
            return new Jdk(home, version, properties.get("java.vm.name") + ", " + properties.get("java.vendor"));
        }
    }

    /** Returns the command that starts it. */
    String java() {
        return java(home);
    }

    private static String java(Path home) {
        return home.resolve("bin").resolve("java").toString();
    }
}
