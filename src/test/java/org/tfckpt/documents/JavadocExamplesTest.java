package org.tfckpt.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.testing.Corpus;

/** The examples in the Javadoc compile. */
class JavadocExamplesTest {
    private static final Path SOURCES = Corpus.root().resolveSibling("src/main/java");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\n(.*?)\\* }</pre>", Pattern.DOTALL);

    @TempDir
    private Path directory;

    private static final String FRAME = """
            import java.nio.*;
            import java.nio.channels.*;
            import java.nio.file.*;
            import java.util.*;
            import org.tfckpt.*;
            IMPORTS
            class Frame {
                Checkpoint checkpoint;
                Checkpoint other;
                List<Wanted> wanted;
                List<Wanted> variables;
                Map<String, ByteBuffer> buffers;
                CheckpointRetention retention;
                Path directory;
                Path prefix;
                double now;

                void run() throws Exception {
                    CODE
                }
            }
            """;

    record Example(String file, String code) {
        @Override
        public String toString() {
            return file;
        }
    }

    static List<Example> examples() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            List<Example> examples = files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .flatMap(JavadocExamplesTest::examplesOf)
                    .toList();
            assertThat(examples).hasSizeGreaterThan(5);
            return examples;
        }
    }

    private static Stream<Example> examplesOf(Path file) {
        try {
            Matcher example = EXAMPLE.matcher(Files.readString(file));
            return example
                    .results()
                    .map(result -> new Example(
                            SOURCES.relativize(file).toString(), result.group(1).replaceAll("(?m)^ *\\* ?", "")))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
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
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        var unit =
                new SimpleJavaFileObject(URI.create("string:///Frame.java"), javax.tools.JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        List<String> options =
                List.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", directory.toString());
        boolean compiled = compiler.getTask(errors, null, null, options, null, List.of(unit))
                .call();
        assertThat(compiled).as(errors.toString()).isTrue();
    }
}
