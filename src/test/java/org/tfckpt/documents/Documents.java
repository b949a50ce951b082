package org.tfckpt.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tfckpt.testing.Corpus;

/** The README and the guides, and the examples in them. */
final class Documents {
    static final Path ROOT = Corpus.root().getParent();

    private static final Pattern CONSOLE = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```(?:\n\n```text\n(.*?)```)?", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("public class ([A-Za-z]+)");

    private Documents() {}

    static List<Path> pages() throws IOException {
        return Stream.concat(Stream.of(ROOT.resolve("README.md")), guides().stream())
                .toList();
    }

    static List<Path> guides() throws IOException {
        try (Stream<Path> guides = Files.list(ROOT.resolve("src/site/markdown"))) {
            return guides.sorted().toList();
        }
    }

    /** A command line and its output. */
    record Command(String line, String output) {}

    /** Returns the commands of a page in order. */
    static List<Command> commands(Path page) throws IOException {
        List<Command> commands = new ArrayList<>();
        Matcher block = CONSOLE.matcher(Files.readString(page));
        while (block.find()) {
            for (String part : block.group(1).split("(?m)^\\$ ", -1)) {
                if (!part.isEmpty()) {
                    int lineEnd = part.indexOf('\n');
                    commands.add(new Command(part.substring(0, lineEnd), part.substring(lineEnd + 1)));
                }
            }
        }
        return commands;
    }

    /** A program with its output, or lines of code without a class and without output. */
    record JavaExample(Path page, String name, String source, String output) {
        boolean isProgram() {
            return !name.isEmpty();
        }

        @Override
        public String toString() {
            return page.getFileName() + " " + name;
        }
    }

    static List<JavaExample> javaExamples() throws IOException {
        List<JavaExample> examples = new ArrayList<>();
        for (Path page : pages()) {
            Matcher example = JAVA.matcher(Files.readString(page));
            while (example.find()) {
                Matcher name = CLASS.matcher(example.group(1));
                boolean program = name.find();
                assertThat(program).isEqualTo(example.group(2) != null);
                examples.add(new JavaExample(
                        page, program ? name.group(1) : "", example.group(1), program ? example.group(2) : ""));
            }
        }
        return examples;
    }
}
