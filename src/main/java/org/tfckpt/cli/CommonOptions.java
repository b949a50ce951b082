package org.tfckpt.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tfckpt.ReadOptions;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Options and help texts of all commands. */
final class CommonOptions {
    static final String EXIT_STATUS = "Exit status: 0 success; 1 problems or differences found; 2 error.";
    static final String FORMS =
            " a prefix, one of its files, a directory with a state file, a SavedModel directory, a V1 file, or a"
                    + " .safetensors, .safetensors.index.json, .npz or .npy file; or the URL of one of these.";
    static final String NO_SLOTS = "Skip the state of optimizers: slots (momentums, accumulators, moments) and"
            + " hyperparameters (learning rate, step count). Moving averages are kept.";

    /** The values of {@code --color}. */
    enum Color {
        ALWAYS,
        NEVER,
        AUTO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // read by picocli
    private boolean help;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description =
                    "When to use colour: ${COMPLETION-CANDIDATES} (default: auto: on a terminal, unless NO_COLOR is"
                            + " set).")
    private Color color = Color.AUTO;

    @Option(names = "--stacktrace", description = "Print the stack trace of an error.")
    @SuppressWarnings("UnusedVariable") // read by ParserFailures
    private boolean stacktrace;

    @Option(
            names = "--mapping",
            negatable = true,
            description =
                    "Map data files into memory (default, except for 'verify'). --no-mapping reads them instead, which"
                            + " is slower, but safe if a file is truncated meanwhile.")
    private @Nullable Boolean mapping;

    /** The values of {@code --assume}. */
    enum Assumed {
        BFLOAT16;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--assume",
            paramLabel = "DTYPE",
            description = "Read arrays of NumPy that have two bytes per element and no dtype (|V2) as DTYPE:"
                    + " ${COMPLETION-CANDIDATES}. Files of other formats are read as without this option.")
    private @Nullable Assumed assumed;

    CommonOptions() {}

    ReadOptions readOptions() {
        return readOptions(true);
    }

    ReadOptions readOptions(boolean mappingByDefault) {
        boolean maps = mapping == null ? mappingByDefault : mapping;
        ReadOptions options = maps ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping();
        return assumed == null ? options : options.assumingBfloat16();
    }

    Style style(Console console) {
        return new Style(color == Color.ALWAYS || (color == Color.AUTO && mayColor(console)));
    }

    private static boolean mayColor(Console console) {
        return console.terminal() && System.getenv("NO_COLOR") == null;
    }

    /** Returns whether to colour help. This must be known before the arguments are parsed. */
    static CommandLine.Help.Ansi ansi(List<String> args, Console console) {
        boolean on = args.contains("--color=always") || (!args.contains("--color=never") && mayColor(console));
        return on ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF;
    }
}
