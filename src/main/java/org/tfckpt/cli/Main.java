package org.tfckpt.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The main class of the tool. */
public final class Main {
    private Main() {}

    /**
     * Runs the tool and exits with its status.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        int code = run(List.of(args), new FileInputStream(FileDescriptor.in), out, err, Console.isTerminal());
        // On JDK 21 and newer, exit() looks for a logger, which takes as long as listing a checkpoint. It is needed
        // only if a thread is still running.
        if (code != 0 || Thread.activeCount() > 1) {
            System.exit(code);
        }
    }

    /**
     * Runs the tool.
     *
     * @param args the command line
     * @param in standard input
     * @param out standard output
     * @param err standard error
     * @param terminal whether output goes to a terminal
     * @return the exit status: 0 success; 1 problems or differences found; 2 error
     */
    static int run(List<String> args, InputStream in, OutputStream out, PrintStream err, boolean terminal) {
        try (Output output = new Output(out, terminal)) {
            Console console = new Console(in, output, err, terminal);
            Callable<Integer> plain = plain(args, console);
            return plain == null ? Tool.run(args, console) : run(plain, console);
        } catch (Output.WriteFailure e) {
            return Failures.ofOutput(e, err);
        } catch (OutOfMemoryError e) {
            // Without this, the status would be 1, which means that differences were found.
            err.println("tfckpt: not enough memory (" + e.getMessage()
                    + "); give the JVM more, for example -Xmx4g, or set TFCKPT_JAVA_OPTIONS=-Xmx4g");
            return 2;
        } catch (IOException e) {
            throw new AssertionError("closing the output throws only WriteFailure", e);
        }
    }

    /**
     * Recognises the most frequent command lines, a command and a path without options, without picocli. Loading picocli
     * would make {@code ls} of 200 tensors take 5.1 instead of 2.3 times as long as starting a bare JVM.
     */
    private static @Nullable Callable<Integer> plain(List<String> args, Console console) {
        String path = args.size() == 2 ? args.get(1) : "";
        if (path.isEmpty() || path.startsWith("-") || path.startsWith("@") || path.contains("://")) {
            return null;
        }
        return switch (args.get(0)) {
            case "ls" -> {
                ListCommand command = new ListCommand();
                command.paths = List.of(Path.of(path));
                yield command.on(console);
            }
            case "digest" -> {
                DigestCommand command = new DigestCommand();
                command.path = Path.of(path);
                yield command.on(console);
            }
            case "verify" -> {
                VerifyCommand command = new VerifyCommand();
                command.paths = List.of(Path.of(path));
                yield command.on(console);
            }
            default -> null;
        };
    }

    private static int run(Callable<Integer> command, Console console) throws IOException {
        try {
            return command.call();
        } catch (Exception failure) {
            return Failures.report(failure, console, false);
        }
    }
}
