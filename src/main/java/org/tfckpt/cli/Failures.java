package org.tfckpt.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;

/** Turns exceptions into a one-line message and an exit status. */
final class Failures {
    private static final int OK = 0;
    private static final int ERROR = 2;
    private static final int INTERRUPTED = 130;

    private static final String AFTER_DAMAGE =
            "; 'tfckpt verify' lists all damage, 'tfckpt rewrite --salvage' keeps the tensors that are intact";

    private Failures() {}

    /**
     * Prints a failure in one line and returns the exit status; throws it if it is a bug. Prints nothing after an {@link
     * Interruption}.
     */
    static int report(Exception failure, Console console, boolean stackTrace) {
        Exception cause =
                failure instanceof UncheckedIOException && failure.getCause() instanceof IOException io ? io : failure;
        if (Thread.currentThread().isInterrupted()) {
            return INTERRUPTED;
        }
        if (cause instanceof Output.WriteFailure) {
            // Closing the output reports it.
            return ERROR;
        }
        boolean expected = cause instanceof IOException
                || cause instanceof IllegalArgumentException
                || cause instanceof IllegalStateException;
        if (!expected) {
            throw cause instanceof RuntimeException bug ? bug : new IllegalStateException(cause);
        }
        console.message(describe(cause));
        if (stackTrace) {
            cause.printStackTrace(console.err());
        }
        return ERROR;
    }

    /** Reports that output could not be written. A closed pipe is not an error. */
    static int ofOutput(Output.WriteFailure failure, PrintStream err) {
        String message = String.valueOf(failure.getMessage());
        if (message.toLowerCase(Locale.ROOT).contains("pipe")) {
            return OK;
        }
        err.println("tfckpt: cannot write the output: " + message);
        return ERROR;
    }

    /** Returns a description of a failure, which may contain control characters. */
    static String describe(Exception failure) {
        if (failure instanceof CheckpointException known) {
            boolean isDamage = failure instanceof DataLossException loss
                    && known.context().tensor() != null
                    && loss.kind() != ProblemKind.MISSING_FILE
                    && loss.kind() != ProblemKind.WRONG_FILE;
            return known.getMessage() + (isDamage && known.context().hint() == null ? AFTER_DAMAGE : "");
        }
        if (failure instanceof FileAlreadyExistsException existing) {
            return "'" + existing.getFile() + "' already exists; use --force to replace it";
        }
        if (failure instanceof FileSystemException file && file.getReason() != null) {
            return "'" + file.getFile() + "': " + file.getReason();
        }
        if (failure instanceof NoSuchFileException missing) {
            return "no such file or directory: '" + missing.getFile() + "'";
        }
        if (failure instanceof AccessDeniedException denied) {
            return "permission denied: '" + denied.getFile() + "'";
        }
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }
}
