package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code manual}: writes the man pages, the command reference and the completion script, from the same model as {@code --help}. */
@Command(
        name = "manual",
        hidden = true,
        header = "Write the man pages and the command reference.",
        description =
                "Writes tfckpt.1, a page tfckpt-COMMAND.1 per command, commands.md and tfckpt.bash into a directory.")
final class ManualCommand implements Callable<Integer> {
    private static final String EXAMPLE = "Example: ";
    private static final List<Group> GROUPS = List.of(
            new Group("Common options", new CommonOptions()),
            new Group("Options for remote checkpoints", new RemoteOptions()));

    @Parameters(paramLabel = "DIRECTORY", description = "Directory to write to; created if it does not exist.")
    private Path directory = Path.of("");

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Files.createDirectories(directory);
        List<CommandSpec> commands = new ArrayList<>(List.of(spec.root()));
        commands.addAll(visible(spec.root()));
        StringBuilder reference = new StringBuilder("# Commands\n");
        for (CommandSpec command : commands) {
            String name = command.qualifiedName("-");
            StringBuilder page = new StringBuilder(".TH \"" + name.toUpperCase(Locale.ROOT) + "\" \"1\" \"\" \""
                    + new Version().getVersion()[0] + "\" \"Manual of tfckpt\"\n.nh\n.ad l\n");
            write(command, new Roff(page));
            Files.writeString(directory.resolve(name + ".1"), page);
            write(command, new Markdown(reference, name));
        }
        for (Group group : GROUPS) {
            reference.append("\n## ").append(group.title()).append("\n\n");
            group.options().forEach(new Markdown(reference, "")::option);
        }
        Files.writeString(directory.resolve("commands.md"), reference);
        Files.writeString(directory.resolve("tfckpt.bash"), CompletionCommand.script(spec));
        return 0;
    }

    private void write(CommandSpec command, Writer to) {
        List<String> description = texts(command.usageMessage().description());
        List<String> header = texts(command.usageMessage().header());
        to.section("NAME");
        to.paragraph(command.qualifiedName("-") + " - " + sentence(header.isEmpty() ? description : header));
        to.section("SYNOPSIS");
        command.usageMessage().width(Short.MAX_VALUE); // on one line
        String synopsis = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0);
        to.literal(synopsis.strip().replaceAll("\\s+", " "));
        to.section("DESCRIPTION");
        description.forEach(to::paragraph);
        if (!command.positionalParameters().isEmpty()) {
            to.section("ARGUMENTS");
            command.positionalParameters().forEach(argument -> to.item(argument.paramLabel(), description(argument)));
        }
        to.section("OPTIONS");
        List<Group> groups =
                GROUPS.stream().filter(group -> group.isIn(command)).toList();
        command.options().stream()
                .filter(option -> groups.stream().noneMatch(group -> group.contains(option)))
                .forEach(to::option);
        groups.forEach(to::group);
        if (command == spec.root()) {
            to.section("COMMANDS");
            visible(command)
                    .forEach(subcommand -> to.command(
                            subcommand.name(),
                            sentence(texts(subcommand.usageMessage().header()))));
        }
        footer(texts(command.usageMessage().footer()), to);
    }

    private static List<CommandSpec> visible(CommandSpec root) {
        return root.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(command -> !command.usageMessage().hidden())
                .toList();
    }

    private static void footer(List<String> lines, Writer to) {
        to.section("NOTES");
        for (String line : lines) {
            if (line.startsWith(EXAMPLE)) {
                to.paragraph("Example:");
                to.literal(line.substring(EXAMPLE.length()));
            } else if (!line.isEmpty()) {
                to.paragraph(line);
            }
        }
    }

    /** Returns an option as the user types it, such as {@code --no-mapping} or {@code -o, --output=PREFIX}. */
    private static String names(OptionSpec option) {
        String names = String.join(", ", option.names());
        if (option.negatable()) {
            return names.replace("--", "--[no-]");
        }
        return option.arity().max() == 0
                ? names
                : names + (option.arity().min() == 0 ? "[=" + option.paramLabel() + "]" : "=" + option.paramLabel());
    }

    private static String description(ArgSpec argument) {
        return String.join(" ", texts(argument.description()));
    }

    /** Returns texts of the model, which are format strings. */
    private static List<String> texts(String[] texts) {
        return Stream.of(texts)
                .map(text -> text.replace("%n", " ").replace("%%", "%"))
                .toList();
    }

    private static String sentence(List<String> texts) {
        String text = texts.isEmpty() ? "" : texts.get(0);
        int end = text.indexOf(". ");
        String first = end < 0 ? text : text.substring(0, end);
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    /** Options of many commands, which the command reference describes once. */
    private record Group(String title, List<OptionSpec> options) {
        Group(String title, Object mixin) {
            this(title, CommandSpec.forAnnotatedObject(mixin).options());
        }

        boolean isIn(CommandSpec command) {
            return options.stream().allMatch(option -> command.optionsMap().containsKey(option.longestName()));
        }

        boolean contains(OptionSpec option) {
            return options.stream().anyMatch(own -> own.longestName().equals(option.longestName()));
        }
    }

    /** The parts of a page. */
    private interface Writer {
        void section(String title);

        void paragraph(String text);

        void literal(String line);

        void item(String term, String description);

        void group(Group group);

        default void command(String name, String summary) {
            item(name, summary);
        }

        default void option(OptionSpec option) {
            if (!option.hidden()) {
                item(names(option), description(option));
            }
        }
    }

    /** A page for man(1). */
    private record Roff(StringBuilder page) implements Writer {
        @Override
        public void section(String title) {
            page.append(".SH " + title + "\n");
        }

        @Override
        public void paragraph(String text) {
            page.append(".PP\n" + escape(text) + "\n");
        }

        @Override
        public void literal(String line) {
            page.append(".PP\n.RS 4\n" + escape(line) + "\n.RE\n");
        }

        @Override
        public void item(String term, String description) {
            page.append(".TP\n\\fB" + escape(term) + "\\fR\n" + escape(description) + "\n");
        }

        @Override
        public void group(Group group) {
            group.options().forEach(this::option);
        }

        /** Escapes backslashes, hyphens (which may be copied), and a control character at the start of a line. */
        private static String escape(String text) {
            String escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq");
            return escaped.startsWith(".") ? "\\&" + escaped : escaped;
        }
    }

    /** A section of the command reference. */
    private record Markdown(StringBuilder page, String command) implements Writer {
        @Override
        public void section(String title) {
            if (title.equals("NAME")) {
                page.append("\n## " + command.replace('-', ' ') + "\n");
            } else if (List.of("ARGUMENTS", "OPTIONS", "COMMANDS").contains(title)) {
                page.append("\n**" + title.charAt(0) + title.substring(1).toLowerCase(Locale.ROOT) + "**\n\n");
            }
        }

        @Override
        public void paragraph(String text) {
            if (!text.startsWith(command + " - ")) {
                page.append("\n" + escape(text) + "\n");
            }
        }

        @Override
        public void literal(String line) {
            page.append("\n```text\n" + line + "\n```\n");
        }

        @Override
        public void item(String term, String description) {
            page.append("- `" + term + "`: " + escape(description) + "\n");
        }

        @Override
        public void group(Group group) {
            String anchor = group.title().toLowerCase(Locale.ROOT).replace(' ', '-');
            page.append("- [" + group.title() + "](#" + anchor + ")\n");
        }

        @Override
        public void command(String name, String summary) {
            page.append("- [`" + name + "`](#tfckpt-" + name + "): " + escape(summary) + "\n");
        }

        private static String escape(String text) {
            return text.replaceAll("([\\\\`*_<>\\[\\]#|])", "\\\\$1").replaceAll("--[a-z][a-z-]*", "`$0`");
        }
    }
}
