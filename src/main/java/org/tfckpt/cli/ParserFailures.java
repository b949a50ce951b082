package org.tfckpt.cli;

import java.util.List;
import java.util.Locale;
import org.tfckpt.tensor.TensorNames;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Reports failures of the parser and of commands through {@link Failures}. */
record ParserFailures(Console console)
        implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        return Failures.report(failure, console, parsed.expandedArgs().contains("--stacktrace"));
    }

    @Override
    public int handleParseException(CommandLine.ParameterException failure, String[] args) {
        String name = failure.getCommandLine().getCommandSpec().qualifiedName();
        console.err().println("tfckpt: " + TensorNames.printable(describe(failure)) + "; try '" + name + " --help'");
        return CommandLine.ExitCode.USAGE;
    }

    private static String describe(CommandLine.ParameterException failure) {
        if (failure instanceof CommandLine.UnmatchedArgumentException unmatched) {
            return describe(unmatched);
        }
        String message = String.valueOf(failure.getMessage());
        ArgSpec arg = failure.getArgSpec();
        if (arg == null || !message.startsWith("Invalid value for")) {
            return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
        }
        String label = arg instanceof OptionSpec option ? option.longestName() : arg.paramLabel();
        if (arg.type().isEnum()) {
            return label + " must be one of " + String.join(", ", arg.completionCandidates()) + ", not '"
                    + failure.getValue() + "'";
        }
        return label
                + message.substring(message.indexOf(": "))
                        .replaceFirst(" is not an? (int|long)$", " is not a valid integer");
    }

    private static String describe(CommandLine.UnmatchedArgumentException unmatched) {
        boolean command = unmatched.getCommandLine().getParent() == null;
        String kind =
                unmatched.isUnknownOption() ? "unknown option" : command ? "unknown command" : "unexpected argument";
        List<String> similar = unmatched.getSuggestions();
        return kind + " '" + unmatched.getUnmatched().get(0) + "'"
                + (similar.isEmpty() ? "" : " (did you mean " + similar.get(0) + "?)");
    }
}
