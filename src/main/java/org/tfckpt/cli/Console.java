package org.tfckpt.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tfckpt.tensor.TensorNames;

/**
 * The standard streams.
 *
 * @param in standard input
 * @param out takes results
 * @param err takes messages, warnings and progress
 * @param terminal whether output goes to a terminal
 */
record Console(InputStream in, Output out, PrintStream err, boolean terminal) {
    private static final int FILE_TYPE = 0xf000;
    private static final int CHARACTER_DEVICE = 0x2000;

    /** Prints a message in one line. Control characters are replaced, which text from a file must not send to a terminal. */
    void message(String text) {
        err.println("tfckpt: " + TensorNames.printable(text));
    }

    /** Returns whether the process has a terminal. On JDK 22 and newer, {@code System.console()} is never null. */
    @SuppressWarnings("SystemConsoleNull") // handled by version
    static boolean isTerminal() {
        if (isFileOrPipe()) {
            return false;
        }
        java.io.Console console = System.console();
        if (console == null || Runtime.version().feature() < 22) {
            return console != null;
        }
        try {
            return (boolean) java.io.Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            return false;
        }
    }

    /** Detects redirected output early, since {@code System.console()} takes longer than listing a checkpoint. */
    private static boolean isFileOrPipe() {
        Path out = Path.of("/dev/stdout");
        try {
            int mode = (int) Files.getAttribute(out, "unix:mode");
            return (mode & FILE_TYPE) != CHARACTER_DEVICE || Files.isSameFile(out, Path.of("/dev/null"));
        } catch (IOException | IllegalArgumentException | UnsupportedOperationException notUnix) {
            return false;
        }
    }
}
