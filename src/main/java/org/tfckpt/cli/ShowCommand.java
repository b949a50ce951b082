package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.cli.numpy.NumpyText;
import org.tfckpt.cli.numpy.PrintOptions;
import org.tfckpt.cli.numpy.TensorArray;
import org.tfckpt.tensor.DataType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code show}: prints the values of tensors. */
@Command(
        name = "show",
        header = "Print the values of tensors.",
        description =
                "Prints values as NumPy does, abbreviated above 1000 elements. With several names, a line with name,"
                        + " dtype and shape precedes each value.",
        footer = "Example: tfckpt show log/model.ckpt-122543 global_step logit/biases")
final class ShowCommand extends ToolCommand {
    @Parameters(index = "0", paramLabel = "CHECKPOINT", description = "Checkpoint to read:" + CommonOptions.FORMS)
    private Path path = Path.of("");

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME", description = "Tensors to print.")
    private List<String> names = List.of();

    @Option(names = "--full", description = "Print all elements.")
    private boolean full;

    @Option(
            names = "--slice",
            paramLabel = "SPEC",
            description =
                    "Print only a region, given as TensorFlow's slice spec: START,LENGTH or '-' (all) per dimension,"
                            + " separated by ':'. 0,10:- selects the first ten rows of a matrix.")
    private @Nullable String slice;

    @Override
    public Integer call() throws IOException {
        PrintOptions options = full ? PrintOptions.DEFAULT.with("threshold=" + Long.MAX_VALUE) : PrintOptions.DEFAULT;
        try (Checkpoint checkpoint = open(path)) {
            for (String name : names) {
                Tensor tensor = checkpoint.tensor(name);
                if (tensor.dtype() == DataType.UNKNOWN) {
                    // Throws an exception that names the dtype.
                    tensor.check();
                }
                if (names.size() > 1) {
                    out().line(tensor.toString());
                }
                NumpyText.print(new TensorArray(region(tensor)), options, out()::text);
                out().text("\n");
            }
        }
        return 0;
    }

    private Tensor region(Tensor tensor) {
        try {
            return slice == null ? tensor : tensor.slice(slice);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--slice '" + slice + "' is not a region of " + tensor + ": " + e.getMessage(), e);
        }
    }
}
