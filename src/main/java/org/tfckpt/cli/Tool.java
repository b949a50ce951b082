package org.tfckpt.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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
    private static final Map<String, Function<Console, Object>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("ls", ListCommand::new);
        COMMANDS.put("show", ShowCommand::new);
        COMMANDS.put("stats", StatsCommand::new);
        COMMANDS.put("diff", DiffCommand::new);
        COMMANDS.put("digest", DigestCommand::new);
        COMMANDS.put("verify", VerifyCommand::new);
        COMMANDS.put("inspect", InspectCommand::new);
        COMMANDS.put("state", StateCommand::new);
        COMMANDS.put("objects", ObjectsCommand::new);
        COMMANDS.put("graph", GraphCommand::new);
        COMMANDS.put("compare", CompareCommand::new);
        COMMANDS.put("report", ReportCommand::new);
        COMMANDS.put("average", AverageCommand::new);
        COMMANDS.put("rewrite", RewriteCommand::new);
        COMMANDS.put("convert", ConvertCommand::new);
        COMMANDS.put("recipes", RecipesCommand::new);
        COMMANDS.put("completion", CompletionCommand::new);
        COMMANDS.put("manual", console -> new ManualCommand());
    }

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
        return commandLine(console, args).execute(args.toArray(String[]::new));
    }

    /**
     * Returns the parser for a command line. If the first argument is a command, only that command is registered, since
     * each costs start-up time.
     */
    static CommandLine commandLine(Console console, List<String> args) {
        Function<Console, Object> asked = args.isEmpty() ? null : COMMANDS.get(args.get(0));
        CommandLine tool = new CommandLine(new Tool());
        if (asked == null || List.of("completion", "manual").contains(args.get(0))) {
            COMMANDS.forEach((name, command) -> tool.addSubcommand(name, command.apply(console)));
        } else {
            tool.addSubcommand(args.get(0), asked.apply(console));
        }
        RemoteOptions remote = new RemoteOptions();
        tool.getSubcommands().forEach((name, command) -> {
            if (!WITHOUT_FILES.contains(name)) {
                command.addMixin("remote", remote);
            }
        });
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
