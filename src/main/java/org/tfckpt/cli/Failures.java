package org.tfckpt.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorNames;
import picocli.CommandLine;

/** Turns what went wrong into one line and an exit code. */
final class Failures implements CommandLine.IExecutionExceptionHandler, CommandLine.IParameterExceptionHandler {
    private final Console console;

    Failures(Console console) {
        this.console = console;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        Exception cause =
                failure instanceof UncheckedIOException && failure.getCause() instanceof IOException io ? io : failure;
        if (cause instanceof Output.WriteFailure nobodyReads) {
            return ofOutput(nobodyReads, console.err());
        }
        boolean expected = cause instanceof IOException
                || cause instanceof IllegalArgumentException
                || cause instanceof IllegalStateException;
        if (!expected) {
            throw cause;
        }
        console.err().println("tfckpt: " + describe(cause));
        if (parsed.expandedArgs().contains("--stacktrace")) {
            cause.printStackTrace(console.err());
        }
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public int handleParseException(CommandLine.ParameterException failure, String[] args) {
        String name = failure.getCommandLine().getCommandSpec().qualifiedName();
        console.err()
                .println("tfckpt: " + TensorNames.printable(String.valueOf(failure.getMessage())) + "; try '" + name
                        + " --help'");
        return CommandLine.ExitCode.USAGE;
    }

    /** A reader that went away is no failure. */
    static int ofOutput(Output.WriteFailure failure, PrintStream err) {
        String message = String.valueOf(failure.getMessage());
        if (message.toLowerCase(Locale.ROOT).contains("pipe")) {
            return CommandLine.ExitCode.OK;
        }
        err.println("tfckpt: cannot write the result: " + message);
        return CommandLine.ExitCode.USAGE;
    }

    /** One line that says what is wrong. */
    static String describe(Exception failure) {
        return TensorNames.printable(plain(failure));
    }

    private static String plain(Exception failure) {
        if (failure instanceof CheckpointException) {
            return String.valueOf(failure.getMessage());
        }
        if (failure instanceof NoSuchFileException missing) {
            return missing.getFile() + ": no such file or directory";
        }
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied";
        }
        if (failure instanceof FileSystemException file && file.getReason() != null) {
            return file.getFile() + ": " + file.getReason();
        }
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
