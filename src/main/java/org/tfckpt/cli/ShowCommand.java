package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.cli.numpy.NumpyText;
import org.tfckpt.cli.numpy.PrintOptions;
import org.tfckpt.cli.numpy.TensorArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code show}: values. */
@Command(
        name = "show",
        description =
                "Prints values as NumPy prints them, shortened as NumPy shortens them. One tensor: its value alone;"
                        + " several: the line of 'ls' before each.",
        footer = {"", "Example: tfckpt show log/model.ckpt-122543 global_step logit/biases"})
final class ShowCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "CHECKPOINT", description = "Where the tensors are.")
    private Path path = Path.of("");

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "Which tensors.")
    private List<String> names = List.of();

    @Option(names = "--full", description = "All elements, however many.")
    private boolean full;

    @Option(
            names = "--slice",
            paramLabel = "SPEC",
            description = "Only a part, in TensorFlow's form: per dimension START,LENGTH or '-', joined by ':'; 0,10:-"
                    + " are ten rows. Of a partitioned tensor only the slices concerned are read.")
    private @Nullable String slice;

    @Mixin
    private CommonOptions common = new CommonOptions();

    ShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        PrintOptions options = full ? PrintOptions.DEFAULT.with("threshold=" + Long.MAX_VALUE) : PrintOptions.DEFAULT;
        try (Checkpoint checkpoint = Checkpoint.open(path, common.readOptions())) {
            for (String name : names) {
                Tensor tensor = checkpoint.tensor(name);
                if (names.size() > 1) {
                    console.out().line(tensor.toString());
                }
                NumpyText.print(new TensorArray(slice == null ? tensor : tensor.slice(slice)), options, console.out());
                console.out().text("\n");
            }
        }
        return 0;
    }
}
