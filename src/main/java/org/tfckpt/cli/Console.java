package org.tfckpt.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command writes to.
 *
 * @param out results
 * @param err messages, warnings and progress
 * @param terminal whether a person sees them
 */
record Console(Output out, PrintStream err, boolean terminal) {
    private static final int FILE_TYPE = 0xf000;
    private static final int CHARACTER_DEVICE = 0x2000;

    /** Whether this process talks to a terminal: JDK 22 and newer have a console without one, and a method that tells. */
    @SuppressWarnings("SystemConsoleNull") // the versions differ in just that
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

    /** Whether standard output is surely none. To ask the JVM for its console takes longer than to list a checkpoint. */
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
