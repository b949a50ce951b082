package org.tfckpt.cli;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;

/**
 * Where a command writes to.
 *
 * @param out results
 * @param err messages, warnings and progress
 * @param terminal whether a person sees them
 */
record Console(Output out, PrintStream err, boolean terminal) {
    /** Whether this process talks to a terminal: JDK 22 and newer have a console without one, and a method that tells. */
    @SuppressWarnings("SystemConsoleNull") // the versions differ in just that
    static boolean isTerminal() {
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
}
