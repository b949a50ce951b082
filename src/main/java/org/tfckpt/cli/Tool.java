package org.tfckpt.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The top-level command {@code tfckpt}. */
@Command(
        name = "tfckpt",
        description = "Reads, checks and edits TensorFlow checkpoints. 'tfckpt COMMAND --help' describes a command.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "CHECKPOINT is a prefix (log/model.ckpt-122543), one of its files, a directory with a 'checkpoint' state"
                    + " file, that file, a SavedModel directory, a V1 file, or a .safetensors, .safetensors.index.json, .npz or"
                    + " .npy file; or the URL of one of these.",
            "",
            CommonOptions.EXIT_STATUS
        })
final class Tool implements Runnable {
    private static final List<String> COMMANDS = List.of(
            "ls",
            "show",
            "stats",
            "diff",
            "digest",
            "verify",
            "inspect",
            "state",
            "objects",
            "graph",
            "compare",
            "report",
            "average",
            "rewrite",
            "convert",
            "recipes",
            "completion",
            "manual");

    private static final Set<String> WRITING = Set.of("average", "convert", "report", "rewrite", "state");

    private static final Set<String> WITHOUT_FILES = Set.of("recipes", "completion");

    @Spec
    private CommandSpec spec;

    Tool() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "missing command");
    }

    /** Parses a command line, runs the command and returns the exit status. */
    static int run(List<String> args, Console console) {
        CommandLine tool = commandLine(console, args);
        String[] words = args.toArray(String[]::new);
        if (args.isEmpty() || !WRITING.contains(args.get(0))) {
            return tool.execute(words);
        }
        Interruption atEnd = new Interruption();
        try {
            return tool.execute(words);
        } finally {
            atEnd.close();
        }
    }

    /**
     * Returns the parser for a command line. If the first argument is a command, only that command is registered, since
     * each costs start-up time.
     */
    static CommandLine commandLine(Console console, List<String> args) {
        String asked = args.isEmpty() ? "" : args.get(0);
        boolean isOnly =
                COMMANDS.contains(asked) && !List.of("completion", "manual").contains(asked);
        CommandLine tool = new CommandLine(new Tool());
        RemoteOptions remote = new RemoteOptions();
        for (String name : isOnly ? List.of(asked) : COMMANDS) {
            CommandLine command = subcommand(name, console);
            tool.addSubcommand(name, command);
            if (!WITHOUT_FILES.contains(name)) {
                command.addMixin("remote", remote);
            }
        }
        ParserFailures failures = new ParserFailures(console);
        tool.setExecutionExceptionHandler(failures);
        tool.setParameterExceptionHandler(failures);
        RemoteFiles files = new RemoteFiles(remote, RemoteOptions.cacheBytes(args), console);
        tool.registerConverter(Path.class, text -> path(text, files));
        tool.registerConverter(InspectCommand.FileName.class, text -> fileName(text, files));
        tool.setCaseInsensitiveEnumValuesAllowed(true);
        tool.setUsageHelpAutoWidth(false);
        tool.setUsageHelpWidth(100);
        tool.setOut(new PrintWriter(console.out().stream(), true, StandardCharsets.UTF_8));
        tool.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        tool.setColorScheme(CommandLine.Help.defaultColorScheme(CommonOptions.ansi(args, console)));
        return tool;
    }

    /** A switch, so that the classes of other commands are not loaded. */
    private static Callable<Integer> command(String name) {
        return switch (name) {
            case "ls" -> new ListCommand();
            case "show" -> new ShowCommand();
            case "stats" -> new StatsCommand();
            case "diff" -> new DiffCommand();
            case "digest" -> new DigestCommand();
            case "verify" -> new VerifyCommand();
            case "inspect" -> new InspectCommand();
            case "state" -> new StateCommand();
            case "objects" -> new ObjectsCommand();
            case "graph" -> new GraphCommand();
            case "compare" -> new CompareCommand();
            case "report" -> new ReportCommand();
            case "average" -> new AverageCommand();
            case "rewrite" -> new RewriteCommand();
            case "convert" -> new ConvertCommand();
            case "recipes" -> new RecipesCommand();
            case "completion" -> new CompletionCommand();
            case "manual" -> new ManualCommand();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static CommandLine subcommand(String name, Console console) {
        Callable<Integer> command = command(name);
        CommandLine line = new CommandLine(command instanceof ToolCommand tool ? tool.on(console) : command);
        List<String> footer = new ArrayList<>(List.of(""));
        footer.addAll(List.of(line.getCommandSpec().usageMessage().footer()));
        footer.addAll(List.of("", CommonOptions.EXIT_STATUS));
        line.getCommandSpec().usageMessage().footer(footer.toArray(String[]::new));
        return line;
    }

    /** Rejects an empty path, which Java takes for the current directory: it comes from an unset variable of a script. */
    private static Path path(String text, RemoteFiles files) {
        if (text.isEmpty()) {
            throw new CommandLine.TypeConversionException("the path is empty; '.' is the current directory");
        }
        if (RemoteFiles.isUrl(text)) {
            try {
                return files.path(text);
            } catch (IllegalArgumentException e) {
                throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
        return Path.of(text);
    }

    /** Unlike a path, the name may be empty, and is printed as it was given. */
    private static InspectCommand.FileName fileName(String text, RemoteFiles files) {
        Path path = text.isEmpty() ? Path.of("") : path(text, files);
        return new InspectCommand.FileName(RemoteFiles.isUrl(text) ? path.toString() : text, path);
    }
}
