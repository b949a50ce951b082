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

/** Turns what went wrong into one line and an exit code. */
final class Failures {
    private static final int OK = 0;
    private static final int NOT_DONE = 2;

    private Failures() {}

    /**
     * Says what went wrong, in one line.
     *
     * @throws Exception the failure itself, if it is none that a command may have: a bug
     */
    static int report(Exception failure, Console console, boolean stackTrace) throws Exception {
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
        if (stackTrace) {
            cause.printStackTrace(console.err());
        }
        return NOT_DONE;
    }

    /** A reader that went away is no failure. */
    static int ofOutput(Output.WriteFailure failure, PrintStream err) {
        String message = String.valueOf(failure.getMessage());
        if (message.toLowerCase(Locale.ROOT).contains("pipe")) {
            return OK;
        }
        err.println("tfckpt: cannot write the result: " + message);
        return NOT_DONE;
    }

    /** One line that says what is wrong. */
    static String describe(Exception failure) {
        return printable(plain(failure));
    }

    /** Text from a file as it may go to a terminal. */
    static String printable(String text) {
        return TensorNames.printable(text);
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
