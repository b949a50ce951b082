package org.tfckpt.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;

/** The tool's entry: {@code java -jar tfckpt.jar}. */
public final class Main {
    private Main() {}

    /**
     * Runs the tool and ends the JVM with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = run(List.of(args), out, err, Console.isTerminal());
        // Exit looks for a logger on JDK 21 and newer, as long as a list takes; a thread that is left needs it.
        if (code != 0 || Thread.activeCount() > 1) {
            System.exit(code);
        }
    }

    /**
     * Runs the tool.
     *
     * @param args the command line
     * @param out takes the results
     * @param err takes messages
     * @param terminal whether a person sees them
     * @return 0 done, 1 the answer is no, 2 it could not be done
     */
    static int run(List<String> args, OutputStream out, PrintStream err, boolean terminal) {
        try (Output output = new Output(out, terminal)) {
            Console console = new Console(output, err, terminal);
            Callable<Integer> plain = PlainCommand.of(args, console);
            return plain == null ? Tool.run(args, console) : run(plain, console);
        } catch (Output.WriteFailure nobodyReads) {
            return Failures.ofOutput(nobodyReads, err);
        } catch (IOException e) {
            throw new AssertionError("only writing happens here", e);
        }
    }

    private static int run(Callable<Integer> command, Console console) throws IOException {
        try {
            return command.call();
        } catch (Exception failure) {
            try {
                return Failures.report(failure, console, false);
            } catch (RuntimeException bug) {
                throw bug;
            } catch (Exception bug) {
                throw new IllegalStateException(bug);
            }
        }
    }
}
