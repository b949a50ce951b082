package org.tfckpt.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}: prints a script for the completion of commands and options by a shell. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        header = "Print a completion script for bash or zsh.",
        description = "The script completes the commands and options of 'tfckpt'.",
        footer = "Example: source <(tfckpt completion)")
final class CompletionCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(script(spec));
        out.flush();
        return 0;
    }

    static String script(CommandSpec command) {
        CommandLine tool = command.root().commandLine();
        return AutoComplete.bash(tool.getCommandName(), tool);
    }
}
