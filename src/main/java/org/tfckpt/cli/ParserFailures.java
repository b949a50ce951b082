package org.tfckpt.cli;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.TensorNames;
import picocli.CommandLine;

/** Reports failures of the parser and of commands through {@link Failures}. */
record ParserFailures(Console console)
        implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
    private static final int MAX_DISTANCE = 2;

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        return Failures.report(failure, console, parsed.expandedArgs().contains("--stacktrace"));
    }

    @Override
    public int handleParseException(CommandLine.ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        String message = String.valueOf(failure.getMessage()).replaceFirst("^Error: ", "");
        String advice = "try '" + command.getCommandSpec().qualifiedName() + " --help'";
        if (failure instanceof CommandLine.UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            boolean isCommand = command.getParent() == null && !unmatched.isUnknownOption();
            message = isCommand ? "unknown command '" + first + "'" : message;
            String similar =
                    mostSimilar(first, isCommand ? command.getSubcommands().keySet() : unmatched.getSuggestions());
            advice = similar == null ? advice : "did you mean '" + similar + "'? Or " + advice;
        }
        console.err().println("tfckpt: " + TensorNames.printable(message) + "; " + advice);
        return CommandLine.ExitCode.USAGE;
    }

    private static @Nullable String mostSimilar(String typed, Collection<String> names) {
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
