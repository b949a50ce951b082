package org.tfckpt.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What README.md shows is what comes out. */
class ReadmeIT {
    private static final Path ROOT =
            Path.of(System.getProperty("tfckpt.testdata")).getParent();
    private static final Pattern CONSOLE = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```\n\n```text\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("public class ([A-Za-z]+)");
    private static final String TOOL = "java -jar target/tfckpt.jar ";

    @TempDir
    private Path directory;

    record Shown(String command, String output) {
        @Override
        public String toString() {
            return command;
        }
    }

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    static List<Shown> commands() throws IOException {
        List<Shown> commands = new ArrayList<>();
        Matcher block = CONSOLE.matcher(readme());
        while (block.find()) {
            for (String part : block.group(1).split("(?m)^\\$ ", -1)) {
                int lineEnd = part.indexOf('\n');
                int tool = part.indexOf(TOOL);
                if (tool >= 0 && tool < lineEnd) {
                    commands.add(new Shown(part.substring(tool, lineEnd), part.substring(lineEnd + 1)));
                }
            }
        }
        assertThat(commands).hasSizeGreaterThan(5);
        return commands;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void theToolPrintsWhatIsShown(Shown shown) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String command = shown.command.replace(
                "java -jar target/tfckpt.jar", "'" + java + "' -jar '" + System.getProperty("tfckpt.jar") + "'");
        assertThat(run(List.of("sh", "-c", command))).isEqualTo(shown.output);
    }

    record Example(String name, String source, String output) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        Matcher example = JAVA.matcher(readme());
        while (example.find()) {
            Matcher name = CLASS.matcher(example.group(1));
            assertThat(name.find()).isTrue();
            examples.add(new Example(name.group(1), example.group(1), example.group(2)));
        }
        assertThat(examples).hasSizeGreaterThan(1);
        return examples;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void theExampleRunsAndPrintsWhatIsShown(Example example) throws Exception {
        Path source = Files.writeString(directory.resolve(example.name + ".java"), example.source);
        String classPath = Stream.of(System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1))
                .filter(entry -> entry.contains("protobuf-java"))
                .reduce(System.getProperty("tfckpt.library"), (a, b) -> a + java.io.File.pathSeparator + b);
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        assertThat(run(List.of(
                        java, "-Dstdout.encoding=UTF-8", "-Dfile.encoding=UTF-8", "-cp", classPath, source.toString())))
                .isEqualTo(example.output);
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
