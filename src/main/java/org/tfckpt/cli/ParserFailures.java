package org.tfckpt.cli;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Reports failures of the parser and of commands through {@link Failures}. */
record ParserFailures(Console console)
        implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
    private static final int MAX_DISTANCE = 2;

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        return Failures.report(failure, console, parsed.expandedArgs().contains("--stacktrace"));
    }

    @Override
    public int handleParseException(CommandLine.ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        String help = "try '" + command.getCommandSpec().qualifiedName() + " --help'";
        String similar =
                failure instanceof CommandLine.UnmatchedArgumentException unmatched ? similar(unmatched) : null;
        String advice = similar == null ? help : "did you mean '" + similar + "'? Or " + help;
        console.message(describe(failure) + "; " + advice);
        return CommandLine.ExitCode.USAGE;
    }

    private static String describe(CommandLine.ParameterException failure) {
        if (failure instanceof CommandLine.UnmatchedArgumentException unmatched) {
            String kind = unmatched.isUnknownOption()
                    ? "unknown option"
                    : isCommand(unmatched) ? "unknown command" : "unexpected argument";
            // The query of a URL, and what follows a misspelt --header=, may be secret.
            String typed = unmatched.getUnmatched().get(0).replaceFirst("(?s)(?<=.)[=?].*", "");
            return kind + " '" + typed.replaceFirst("://[^/]*@", "://") + "'";
        }
        String message = String.valueOf(failure.getMessage());
        ArgSpec arg = failure.getArgSpec();
        if (arg == null || !message.startsWith("Invalid value for")) {
            message = message.replaceFirst("^Error: ", "");
            return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
        }
        String label = arg instanceof OptionSpec option ? option.longestName() : arg.paramLabel();
        if (arg.type().isEnum()) {
            return label + " must be one of " + String.join(", ", arg.completionCandidates()) + ", not '"
                    + failure.getValue() + "'";
        }
        return label
                + message.substring(message.indexOf(": "))
                        .replaceFirst(" is not an? (int|long)$", " is not a valid integer")
                        .replaceFirst(" is not a double$", " is not a number");
    }

    private static boolean isCommand(CommandLine.UnmatchedArgumentException unmatched) {
        return unmatched.getCommandLine().getParent() == null && !unmatched.isUnknownOption();
    }

    private static @Nullable String similar(CommandLine.UnmatchedArgumentException unmatched) {
        String typed = unmatched.getUnmatched().get(0);
        Collection<String> names = isCommand(unmatched)
                ? unmatched.getCommandLine().getSubcommands().keySet()
                : unmatched.getSuggestions();
        return names.stream()
                .filter(name -> distance(typed, name) <= MAX_DISTANCE)
                .min(Comparator.comparingInt(name -> distance(typed, name)))
                .orElse(null);
    }

    /** Returns the number of characters to insert, delete or replace. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
