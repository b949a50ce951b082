package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.testing.Corpus;
import picocli.CommandLine;

/** Commands that the documents and --help show without their output have these options and arguments. */
class DocumentedCommandsTest {
    private static final Pattern IN_HELP = Pattern.compile("(?m)^Example: tfckpt (.*)");
    private static final Pattern IN_DOCUMENTS = Pattern.compile("(?m)^tfckpt (.*)");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|([^' ]+)");

    private static CommandLine parser(String... arguments) {
        PrintStream none = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Console console = new Console(InputStream.nullInputStream(), new Output(none, false), none, false);
        return Tool.commandLine(console, List.of(arguments));
    }

    static Stream<String> inHelp() {
        return parser().getSubcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(command -> !command.usageMessage().hidden())
                .flatMap(command -> Stream.of(command.usageMessage().footer()))
                .flatMap(line -> found(IN_HELP, line));
    }

    static Stream<String> inDocuments() throws IOException {
        Path root = Corpus.root().resolveSibling("");
        List<Path> pages = new ArrayList<>(List.of(root.resolve("README.md")));
        try (Stream<Path> guides = Files.list(root.resolve("src/site/markdown"))) {
            // The command reference has synopses instead of commands.
            guides.filter(guide -> !guide.endsWith("commands.md")).forEach(pages::add);
        }
        List<String> commands = new ArrayList<>();
        for (Path page : pages) {
            found(IN_DOCUMENTS, Files.readString(page)).forEach(commands::add);
        }
        return commands.stream();
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1));
    }

    private static List<String> words(String command) {
        return WORD.matcher(command.replaceFirst(" +[#|<>].*", ""))
                .results()
                .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
                .toList();
    }

    @ParameterizedTest
    @MethodSource({"inHelp", "inDocuments"})
    void parse(String command) {
        String[] words = words(command).toArray(String[]::new);
        assertThatCode(() -> parser(words).parseArgs(words)).doesNotThrowAnyException();
    }

    @Test
    void everyCommandHasAnExample() {
        assertThat(parser().getSubcommands().values())
                .extracting(CommandLine::getCommandSpec)
                .filteredOn(command -> !command.usageMessage().hidden())
                .allMatch(command -> Stream.of(command.usageMessage().footer())
                        .anyMatch(line -> line.startsWith("Example: ") && line.contains(command.name())));
    }
}
