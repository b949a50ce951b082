package org.tfckpt.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lines of code in the Javadoc and in the guides compile. */
class ExamplesCompileTest {
    private static final Path SOURCES = Documents.ROOT.resolve("src/main/java");
    private static final Pattern IN_JAVADOC = Pattern.compile("<pre>\\{@code\n(.*?)\\* }</pre>", Pattern.DOTALL);

    private static final String FRAME = """
            import java.nio.*;
            import java.nio.channels.*;
            import java.nio.file.*;
            import java.util.*;
            import java.util.concurrent.*;
            import org.tfckpt.*;
            IMPORTS
            class Frame {
                Checkpoint checkpoint;
                Checkpoint other;
                List<Wanted> wanted;
                List<Wanted> variables;
                Map<String, ByteBuffer> buffers;
                byte[] index;
                byte[] data;
                CheckpointRetention retention;
                Graph graph;
                Path directory;
                Path prefix;
                double now;

                void run() throws Exception {
                    CODE
                }
            }
            """;

    @TempDir
    private Path directory;

    record Example(String file, String code) {
        @Override
        public String toString() {
            return file;
        }
    }

    static Stream<Example> examples() throws IOException {
        Stream<Example> inJavadoc = FileUtils.listFiles(SOURCES.toFile(), new String[] {"java"}, true).stream()
                .flatMap(file -> inJavadoc(file.toPath()));
        Stream<Example> inGuides = Documents.javaExamples().stream()
                .filter(example -> !example.isProgram())
                .map(example -> new Example(example.toString(), example.source()));
        return Stream.concat(inJavadoc, inGuides);
    }

    private static Stream<Example> inJavadoc(Path file) {
        String name = SOURCES.relativize(file).toString();
        try {
            Matcher example = IN_JAVADOC.matcher(Files.readString(file));
            return example.results()
                    .map(found -> new Example(name, found.group(1).replaceAll("(?m)^ *\\* ?", "")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String imports() throws IOException {
        String module = Files.readString(SOURCES.resolve("module-info.java"));
        Matcher exported = Pattern.compile("exports (org\\.tfckpt\\.[a-z]+);").matcher(module);
        StringBuilder imports = new StringBuilder();
        while (exported.find()) {
            imports.append("import ").append(exported.group(1)).append(".*;\n");
        }
        return imports.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void compiles(Example example) throws IOException {
        String source = FRAME.replace("IMPORTS", imports()).replace("CODE", example.code);
        var unit = new SimpleJavaFileObject(URI.create("string:///Frame.java"), Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        StringWriter errors = new StringWriter();
        List<String> options =
                List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", directory.toString());
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .getTask(errors, null, null, options, null, List.of(unit))
                        .call())
                .as(errors.toString())
                .isTrue();
    }
}
