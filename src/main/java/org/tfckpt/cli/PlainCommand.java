package org.tfckpt.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A command line of a command and paths, without any option: the one that most people type. It needs no parser, whose
 * classes take longer to load than most checkpoints take to list.
 */
final class PlainCommand {
    private PlainCommand() {}

    static @Nullable Callable<Integer> of(List<String> args, Console console) {
        boolean plain = args.size() == 2
                && !args.get(1).isEmpty()
                && !args.get(1).startsWith("-")
                && !args.get(1).startsWith("@");
        if (!plain) {
            return null;
        }
        Path path = Path.of(args.get(1));
        return switch (args.get(0)) {
            case "ls" -> new ListCommand(console, path);
            case "digest" -> new DigestCommand(console, path);
            case "verify" -> new VerifyCommand(console, path);
            default -> null;
        };
    }
}
