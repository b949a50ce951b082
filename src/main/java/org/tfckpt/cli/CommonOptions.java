package org.tfckpt.cli;

import java.util.List;
import java.util.Locale;
import org.tfckpt.ReadOptions;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** What every command takes. */
final class CommonOptions {
    /** When to use colour. */
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
    @SuppressWarnings("UnusedVariable") // picocli asks for it
    private boolean help;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "Use colour: ${COMPLETION-CANDIDATES}; auto means on a terminal, and never with NO_COLOR.")
    private Color color = Color.AUTO;

    @Option(names = "--stacktrace", description = "Show where in the program an error arose.")
    @SuppressWarnings("UnusedVariable") // the handler of failures asks the parser for it
    private boolean stacktrace;

    @Option(
            names = "--no-mapping",
            description = "Read data files through their channel instead of mapping them into memory: slower, and safe"
                    + " for files that someone may cut off meanwhile.")
    private boolean noMapping;

    CommonOptions() {}

    ReadOptions readOptions() {
        return noMapping ? ReadOptions.DEFAULT.withoutMapping() : ReadOptions.DEFAULT;
    }

    Style style(Console console) {
        return new Style(color == Color.ALWAYS || (color == Color.AUTO && mayColor(console)));
    }

    private static boolean mayColor(Console console) {
        return console.terminal() && System.getenv("NO_COLOR") == null;
    }

    /** Whether help may be coloured, which has to be known before anything is parsed. */
    static CommandLine.Help.Ansi ansi(List<String> args, Console console) {
        boolean on = args.contains("--color=always") || (!args.contains("--color=never") && mayColor(console));
        return on ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF;
    }
}
