package org.tfckpt.cli;

import org.tfckpt.tensor.TensorNames;
import picocli.CommandLine;

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
        String message =
                TensorNames.printable(String.valueOf(failure.getMessage()).replaceFirst("^Error: ", ""));
        console.err().println("tfckpt: " + message + "; try '" + name + " --help'");
        return CommandLine.ExitCode.USAGE;
    }
}
