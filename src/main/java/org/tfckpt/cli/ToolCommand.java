package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.tfckpt.Checkpoint;
import picocli.CommandLine.Mixin;

/** What the commands share: the standard streams, and options. */
abstract class ToolCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common = new CommonOptions();

    @SuppressWarnings("NullAway.Init") // set before the command is called
    Console console;

    /** Returns this command with the streams that it uses. */
    ToolCommand on(Console streams) {
        console = streams;
        return this;
    }

    Output out() {
        return console.out();
    }

    Style style() {
        return common.style(console);
    }

    Checkpoint open(Path path) throws IOException {
        return Checkpoint.open(path, common.readOptions());
    }
}
