package org.tfckpt.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.documents.Documents.Command;
import org.tfckpt.documents.Documents.JavaExample;

/** The examples in README.md and the guides print what is shown there. */
class DocumentExamplesIT {
    private static final String TOOL = "java -jar target/tfckpt.jar";
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @TempDir
    private Path directory;

    static List<Path> pages() throws IOException {
        return Documents.pages();
    }

    /** Runs the commands of a page in order, since one may read what another wrote, from the tool on. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void commandsPrintWhatIsShown(Path page) throws Exception {
        String output = "target/examples-" + page.getFileName().toString().replace(".md", "");
        FileUtils.deleteDirectory(Documents.ROOT.resolve(output).toFile());
        String tool = "'" + JAVA + "' -jar '" + System.getProperty("tfckpt.jar") + "'";
        SoftAssertions shown = new SoftAssertions();
        for (Command command : Documents.commands(page)) {
            int start = command.line().indexOf(TOOL);
            if (start >= 0) {
                String line =
                        command.line().substring(start).replace(TOOL, tool).replace("target/examples", output);
                shown.assertThat(run(List.of("sh", "-c", line)).replace(output, "target/examples"))
                        .as(command.line())
                        .isEqualTo(command.output());
            }
        }
        shown.assertAll();
    }

    static Stream<JavaExample> programs() throws IOException {
        return Documents.javaExamples().stream().filter(JavaExample::isProgram);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("programs")
    void programsPrintWhatIsShown(JavaExample example) throws Exception {
        Path source = Files.writeString(directory.resolve(example.name() + ".java"), example.source());
        // Only the report needs Jackson; all other programs run with the library's only dependency.
        boolean isReport = example.source().contains("org.tfckpt.report");
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.contains("protobuf-java") || (isReport && entry.contains("jackson-core")))
                .reduce(System.getProperty("tfckpt.library"), (a, b) -> a + File.pathSeparator + b);
        assertThat(run(List.of(
                        JAVA, "-Dstdout.encoding=UTF-8", "-Dfile.encoding=UTF-8", "-cp", classPath, source.toString())))
                .isEqualTo(example.output());
    }

    private String run(List<String> command) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(command)
                .directory(Documents.ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}
