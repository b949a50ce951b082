package org.tfckpt.interop;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.apache.commons.io.FileUtils;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Exchange;
import org.tfckpt.testing.Exchange.Item;

/** Runs TensorFlow in a separate process ({@code src/interop}). */
final class TensorFlowProcess {
    private static final Path PROJECT = Corpus.root().getParent();

    private final Path directory;
    private final List<String> commands = new ArrayList<>();

    /** Creates a process that keeps its files in a directory. */
    TensorFlowProcess(Path directory) {
        this.directory = directory;
    }

    /** Adds a command, see {@code Main}. */
    void command(Object... words) {
        commands.add(
                String.join("\t", Arrays.stream(words).map(Object::toString).toList()));
    }

    /** Writes items to a file for a command. */
    Path items(List<Item> items) throws IOException {
        Path file = Files.createTempFile(directory, "items", "");
        Exchange.write(file, items);
        return file;
    }

    /** Runs all commands. */
    void run() throws IOException, InterruptedException {
        Path script = Files.write(directory.resolve("commands"), commands);
        Path log = directory.resolve("log");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("tfckpt.interop.cache"),
                "-XX:ErrorFile=" + directory.resolve("crash"),
                "-cp",
                compile() + File.pathSeparator + jars(),
                "org.tfckpt.interop.Main",
                script.toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended && process.exitValue() == 0)
                .as(() -> {
                    try {
                        return TensorNames.decode(Files.readAllBytes(log));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .isTrue();
    }

    private Path compile() throws IOException {
        Path classes = Files.createTempDirectory(directory, "classes");
        String[] arguments = {
            "-proc:none",
            "-nowarn",
            "-d",
            classes.toString(),
            "-cp",
            jars(),
            PROJECT.resolve("src/interop/java/org/tfckpt/interop/Main.java").toString(),
            PROJECT.resolve("src/interop/java/org/tfckpt/interop/TensorFlow.java")
                    .toString(),
            PROJECT.resolve("src/test/java/org/tfckpt/testing/Exchange.java").toString()
        };
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments))
                .isZero();
        return classes;
    }

    private static String jars() {
        return FileUtils.listFiles(new File(System.getProperty("tfckpt.interop.lib")), new String[] {"jar"}, false)
                .stream()
                .map(File::toString)
                .collect(joining(File.pathSeparator));
    }

    /** Asserts that TensorFlow restored the values wanted. */
    static void assertRestored(Path restored, List<Item> wanted) throws IOException {
        List<Item> found = Exchange.read(restored);
        assertThat(found).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.size(); i++) {
            assertThat(found.get(i).shape()).isEqualTo(wanted.get(i).shape());
            assertThat(found.get(i).values().toArray(byte[][]::new))
                    .as(TensorNames.decode(wanted.get(i).name()) + " "
                            + wanted.get(i).spec())
                    .isDeepEqualTo(wanted.get(i).values().toArray(byte[][]::new));
        }
    }
}
