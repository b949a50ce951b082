package org.tfckpt.cli;

import java.io.IOException;
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
        footer = {"", "Example: source <(tfckpt completion)", "", CommonOptions.EXIT_STATUS})
final class CompletionCommand implements Callable<Integer> {
    private final Console console;

    @Spec
    private CommandSpec spec;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        console.out().text(script(spec));
        return 0;
    }

    static String script(CommandSpec command) {
        CommandLine tool = command.root().commandLine();
        return AutoComplete.bash(tool.getCommandName(), tool);
    }
}
