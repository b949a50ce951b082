package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.LargeCheckpoints;

/** The runnable jar, as a process of its own on this JDK. */
class ToolJarIT {
    private static final String SNAPPY =
            Corpus.root().resolve("golden/tf218-v2-snappy-index/ckpt").toString();

    @TempDir
    private Path directory;

    private record Run(int code, String out, String err) {}

    private Run run(List<String> jvm, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-jar", System.getProperty("tfckpt.jar")));
        command.addAll(List.of(args));
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls", "digest", "verify"})
    void nothingIsPrintedBesidesTheResult(String command) throws Exception {
        Run run = run(List.of(), command, SNAPPY);
        assertThat(run.code).isZero();
        assertThat(run.out).isNotEmpty();
        assertThat(run.err).isEmpty();
    }

    @Test
    void noNativeLibraryButTheJvmsOwnIsLoaded() throws Exception {
        Run run = run(List.of("-Xlog:library=info:stderr", "-Xlog:class+load=info:stderr"), "digest", SNAPPY);
        assertThat(run.code).isZero();
        assertThat(run.err).contains("SnappyDecoder").doesNotContain("xerial", "sun.misc.Unsafe", "libsnappy");
        try (JarFile jar = new JarFile(System.getProperty("tfckpt.jar"))) {
            assertThat(jar.stream().map(entry -> entry.getName()))
                    .noneMatch(name -> name.matches(".*\\.(so|dll|dylib|jnilib)"));
        }
    }

    /** Start-up time is mostly the loading of classes. */
    @Test
    void aPlainListLoadsFewClasses() throws Exception {
        Run run = run(List.of("-Xlog:class+load=info:stderr"), "ls", SNAPPY);
        assertThat(run.code).isZero();
        List<String> loaded = run.err
                .lines()
                .filter(line -> line.contains(" source: "))
                .map(line -> line.replaceFirst("^(\\[[^]]*] *)*", ""))
                .toList();
        // Classes of the JDK are not listed: protobuf's RuntimeVersion loads logging, streams, patterns and formatters.
        assertThat(loaded)
                .anyMatch(line -> line.startsWith("org.tfckpt.cli.ListCommand "))
                .noneMatch(line -> line.startsWith("org.tfckpt.") && line.contains("Lambda"))
                .noneMatch(
                        line -> line.matches(
                                "(com\\.fasterxml|org\\.apache(?!\\.commons\\.io\\.output\\.ProxyOutputStream )|picocli)\\..*"));
        assertThat(loaded.stream()
                        .filter(line -> line.startsWith("org.tfckpt.") && !line.startsWith("org.tfckpt.proto.")))
                .hasSizeLessThan(75)
                .noneMatch(line -> line.startsWith("org.tfckpt.storage.http."));
        assertThat(loaded.stream().filter(line -> !line.contains("source: shared objects file")))
                .hasSizeLessThan(250);
    }

    @Test
    void listsAHundredThousandTensorsInASmallHeap() throws Exception {
        Path prefix = directory.resolve("many");
        LargeCheckpoints.ofZeros(prefix, 100_000, 2);
        Run run = run(List.of("-Xmx64m"), "ls", prefix.toString());
        assertThat(run.err).isEmpty();
        assertThat(run.code).isZero();
        assertThat(run.out.lines()).hasSize(100_000).startsWith("scope/tensor_0000000 (DT_FLOAT) [2]");
        Run json = run(List.of("-Xmx64m"), "ls", "--json", prefix.toString());
        assertThat(json.err).isEmpty();
        assertThat(json.out).contains("\"tensors\":100000,\"parameters\":200000,\"bytes\":800000}");
        Run verify = run(List.of("-Xmx64m"), "verify", prefix.toString());
        assertThat(verify.err).isEmpty();
        assertThat(verify.out).contains("many: ok (100,000 tensors");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--color=never", "--no-mapping"})
    void verifiesTwoGibibytesInASmallHeap(String option) throws Exception {
        Path prefix = directory.resolve("large");
        LargeCheckpoints.ofZeros(prefix, 3, 178_956_971);
        Run run = run(List.of("-Xmx64m"), "verify", option, prefix.toString());
        assertThat(run.err).isEmpty();
        assertThat(run.code).isZero();
        assertThat(run.out).contains("large: ok (3 tensors, 2,147,483,652 bytes)");
    }

    @Test
    void tellsItsVersion() throws Exception {
        assertThat(run(List.of(), "--version").out).matches("tfckpt [0-9]+\\.[0-9]+\\.[0-9]+(-[A-Za-z0-9]+)?\\R");
    }
}
