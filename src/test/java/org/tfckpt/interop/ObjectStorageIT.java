package org.tfckpt.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.Corpus;

/**
 * The tool reads {@code gs://} and {@code s3://} by the providers that people use, from Google's own fake and from
 * S3Mock. Each runs in a process of its own, with a class path that Maven resolves. Runs only with {@code -Pinterop}.
 */
@EnabledIfSystemProperty(named = "tfckpt.interop.lib", matches = ".+")
class ObjectStorageIT {
    private static final Path SOURCES = Path.of("src/interop/storage");
    private static final Pattern PORT = Pattern.compile("started on ports? .*?(\\d+) \\(http\\)");
    private static final String PREFIX = "log/model.ckpt-122543";

    @TempDir
    private Path directory;

    private String tool() {
        return System.getProperty("tfckpt.tool.jar", "target/tfckpt.jar");
    }

    private String classPath(String module) throws Exception {
        Path file = directory.resolve(module + ".cp");
        List<String> command = new ArrayList<>(List.of("mvn", "-B", "-q"));
        command.addAll(List.of("-f", SOURCES.resolve(module).resolve("pom.xml").toString()));
        command.addAll(List.of("dependency:build-classpath", "-Dmdep.outputFile=" + file));
        run(new ProcessBuilder(command));
        return Files.readString(file);
    }

    private String run(ProcessBuilder process) throws Exception {
        Path log = Files.createTempFile(directory, "run", ".log");
        Process running =
                process.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            assertThat(running.waitFor(4, TimeUnit.MINUTES)).isTrue();
            String out = Files.readString(log);
            assertThat(running.exitValue()).as(out).isZero();
            return out;
        } finally {
            running.destroyForcibly();
        }
    }

    /** Runs a program that copies the story to a bucket and then runs the tool, several times. */
    private List<String> story(String module, String bucket, List<String> options) throws Exception {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(options);
        // Not run as a source file: the compiler would load the providers before the program can prepare them.
        String source = SOURCES.resolve("Story.java").toString();
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", directory.toString(), source);
        assertThat(failed).isZero();
        command.addAll(
                List.of("-cp", String.join(File.pathSeparator, directory.toString(), tool(), classPath(module))));
        command.add("Story");
        command.addAll(List.of(Corpus.root().resolve("story").toString(), bucket));
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment().put("AWS_ACCESS_KEY_ID", "key");
        process.environment().put("AWS_SECRET_ACCESS_KEY", "secret");
        process.environment().put("AWS_REGION", "us-east-1");
        return run(process).lines().filter(line -> !line.startsWith("SLF4J")).toList();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static void assertRead(List<String> lines, String bucket) {
        assertThat(lines)
                .contains("input/init_conv/DW (DT_FLOAT) [3,3,3,16]")
                .contains(bucket + "/" + PREFIX + ": ok (92 tensors, 367,296 bytes)")
                .contains("input/init_conv/DW:0 DT_FLOAT [3,3,3,16]")
                .anyMatch(line -> line.startsWith("tfckpt: no checkpoint found at '" + bucket + "/log/nothing'")
                        && line.contains("model.ckpt-122543"))
                .contains("exit 0 0 0 0 2");
    }

    @Test
    void readsGoogleCloudStorage() throws Exception {
        assertRead(story("gs", "gs://models", List.of()), "gs://models");
    }

    @Test
    void readsS3() throws Exception {
        Path log = directory.resolve("s3mock.log");
        ProcessBuilder server = new ProcessBuilder(
                java(),
                "-cp",
                classPath("s3mock"),
                "com.adobe.testing.s3mock.S3MockApplication",
                "--server.port=0",
                "--com.adobe.testing.s3mock.httpPort=0",
                "--com.adobe.testing.s3mock.store.initialBuckets=models",
                "--com.adobe.testing.s3mock.store.root=" + Files.createDirectory(directory.resolve("buckets")));
        Process running =
                server.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            String bucket = "s3x://localhost:" + port(running, log) + "/models";
            List<String> options = List.of("-Ds3.spi.endpoint-protocol=http", "-Ds3.spi.force-path-style=true");
            assertRead(story("s3", bucket, options), bucket);
        } finally {
            running.destroyForcibly();
            running.waitFor();
        }
    }

    private static String port(Process server, Path log) throws IOException, InterruptedException {
        while (server.isAlive()) {
            String text = Files.readString(log, UTF_8);
            Matcher port = PORT.matcher(text);
            if (text.contains("Started S3MockApplication") && port.find()) {
                return port.group(1);
            }
            Thread.sleep(200);
        }
        throw new AssertionError(Files.readString(log, UTF_8));
    }
}
