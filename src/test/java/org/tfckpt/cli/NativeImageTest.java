package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.ProtocolMessageEnum;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tfckpt.proto.AttrValue;
import org.tfckpt.testing.Corpus;
import picocli.CommandLine;
import picocli.codegen.aot.graalvm.ReflectionConfigGenerator;

/** What GraalVM's native-image is told about the tool. */
class NativeImageTest {
    private static final Path MAIN = Corpus.root().resolveSibling("src/main");
    private static final Path CONFIGURATION = MAIN.resolve("resources/META-INF/native-image/org.tfckpt/tfckpt");

    /** Of the JDK: see {@code MappingArena} and {@code Console}. */
    private static final List<String> OF_JDK = List.of(
            "java.io.Console",
            "java.lang.foreign.Arena",
            "java.lang.foreign.MemorySegment",
            "java.nio.channels.FileChannel");

    private static String commands() throws Exception {
        try (Output output = new Output(OutputStream.nullOutputStream(), false)) {
            PrintStream err = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
            Console console = new Console(new ByteArrayInputStream(new byte[0]), output, err, false);
            CommandLine tool = Tool.commandLine(console, List.of());
            return ReflectionConfigGenerator.generateReflectionConfig(tool.getCommandSpec())
                    .replace(System.lineSeparator(), "\n");
        }
    }

    /** protobuf finds the accessors of fields by reflection when it parses text. */
    private static List<String> messages() throws Exception {
        Path classes = Path.of(AttrValue.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> files = Files.list(classes.resolve("org/tfckpt/proto"))) {
            return files.map(file ->
                            "org.tfckpt.proto." + file.getFileName().toString().replace(".class", ""))
                    .filter(NativeImageTest::isMessageOrEnum)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isMessageOrEnum(String name) {
        try {
            Class<?> type = Class.forName(name);
            return !type.isInterface()
                    && (MessageOrBuilder.class.isAssignableFrom(type)
                            || ProtocolMessageEnum.class.isAssignableFrom(type));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void classesThatAreUsedByReflection() throws Exception {
        StringBuilder expected = new StringBuilder(commands().stripTrailing());
        expected.setLength(expected.lastIndexOf("\n]"));
        Stream.concat(messages().stream(), OF_JDK.stream())
                .forEach(name -> expected.append(",\n  {\n    \"name\" : \"")
                        .append(name)
                        .append("\",\n    \"allPublicMethods\" : true\n  }"));
        expected.append("\n]\n");
        Path actual = Corpus.root().resolveSibling("target/reflect-config.json");
        Files.createDirectories(actual.getParent());
        Files.writeString(actual, expected);
        assertThat(Files.readString(CONFIGURATION.resolve("reflect-config.json")))
                .as("options, commands or records have changed: cp target/reflect-config.json"
                        + " src/main/resources/META-INF/native-image/org.tfckpt/tfckpt/")
                .isEqualTo(expected.toString());
    }

    @Test
    void resourcesThatAreRead() throws IOException {
        String configuration = Files.readString(CONFIGURATION.resolve("resource-config.json"));
        Path resources = MAIN.resolve("resources");
        try (Stream<Path> files = Files.walk(resources)) {
            List<String> names = files.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(CONFIGURATION))
                    .map(file -> resources.relativize(file).toString().replace('\\', '/'))
                    .toList();
            assertThat(names).isNotEmpty();
            for (String name : names) {
                assertThat(configuration).contains("\"\\\\Q" + name + "\\\\E\"");
            }
            assertThat(configuration.split("\\\\\\\\Q", -1)).hasSize(names.size() + 1);
        }
    }
}
