package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.tfckpt.Checkpoint;
import org.tfckpt.cli.numpy.NumpyText;
import org.tfckpt.cli.numpy.PrintOptions;
import org.tfckpt.cli.numpy.TensorArray;
import org.tfckpt.format.v1.V1Checkpoint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code inspect}: prints exactly what TensorFlow's {@code inspect_checkpoint} prints, for scripts that parse it. */
@Command(
        name = "inspect",
        header = "Print what TensorFlow's inspect_checkpoint prints.",
        description =
                "Takes the flags of inspect_checkpoint and prints the same output. Errors go to standard output too,"
                        + " as in TensorFlow; the exit status is then 2, where TensorFlow's is 0.",
        footer = "Example: tfckpt inspect --file_name=log/model.ckpt-122543 --tensor_name=global_step")
final class InspectCommand extends ToolCommand {
    /**
     * The value of {@code --file_name}.
     *
     * @param text the value as given, for messages; of a URL only what is not secret
     * @param path the path; meaningless if the text is empty
     */
    record FileName(String text, Path path) {}

    private static final String USAGE =
            "Usage: inspect_checkpoint --file_name=checkpoint_file_name [--tensor_name=tensor_to_print]"
                    + " [--all_tensors] [--all_tensor_names] [--printoptions]";
    private static final Pattern V2_PART = Pattern.compile("(?s).*\\.(data-[0-9]+-of-[0-9]+|meta)");

    @Option(
            names = "--file_name",
            paramLabel = "PREFIX",
            description = "Prefix of the checkpoint. Without it, print the usage and exit with status 1.")
    private FileName file = new FileName("", Path.of(""));

    @Option(names = "--tensor_name", paramLabel = "NAME", description = "Print the value of this tensor.")
    private String tensorName = "";

    @Option(
            names = "--count_exclude_pattern",
            paramLabel = "REGEX",
            description = "Do not count the parameters of tensors whose names match.")
    private String countExcludePattern = "";

    @Option(
            names = "--all_tensors",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Print the names and values of all tensors.")
    private String allTensors = "false";

    @Option(
            names = "--all_tensor_names",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOL",
            description = "Print the names of all tensors.")
    private String allTensorNames = "false";

    @Option(
            names = "--printoptions",
            arity = "0..*",
            paramLabel = "K=V",
            description =
                    "Set NumPy's print options: precision, threshold, edgeitems, linewidth, suppress, nanstr, infstr,"
                            + " sign, floatmode.")
    private List<String> assignments = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        PrintOptions options = PrintOptions.DEFAULT;
        for (String assignment : assignments) {
            options = options.with(assignment);
        }
        if (file.text().isEmpty()) {
            print(USAGE);
            return 1;
        }
        try {
            Path path = file.path();
            if (V2_PART.matcher(file.text()).matches() && Files.isRegularFile(path)) {
                // TensorFlow reads such a file as a V1 checkpoint and fails; Checkpoint would open the prefix.
                V1Checkpoint.requireTable(path);
            }
            try (Checkpoint checkpoint = open(path)) {
                inspect(checkpoint, options);
            }
            return 0;
        } catch (DataLossException e) {
            explain(
                    file.text().endsWith(".index")
                            ? V1Checkpoint.unableToOpen(file.path(), e.tensorFlowText())
                            : e.tensorFlowText());
        } catch (CheckpointException e) {
            explain(e.tensorFlowText());
        } catch (IllegalArgumentException e) {
            explain(String.valueOf(e.getMessage()));
        }
        return 2;
    }

    private void print(String line) throws IOException {
        out().text(line + "\n");
    }

    private void inspect(Checkpoint checkpoint, PrintOptions options) throws IOException {
        boolean values = isTrue(allTensors);
        if (values || isTrue(allTensorNames)) {
            for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
                TensorInfo info = all.next();
                print("tensor_name:  " + info.name());
                if (values) {
                    value(checkpoint, info.name(), options);
                }
            }
        } else if (tensorName.isEmpty()) {
            for (Iterator<TensorInfo> all = checkpoint.entries().iterator(); all.hasNext(); ) {
                TensorInfo info = all.next();
                int slices = info.slices().size();
                print(info + (slices > 1 ? ", " + slices + " slices" : ""));
            }
            print("");
        } else {
            print("tensor_name:  " + tensorName);
            value(checkpoint, tensorName, options);
        }
        count(checkpoint);
    }

    private static boolean isTrue(String flag) {
        return flag.toLowerCase(Locale.ROOT).equals("true");
    }

    private void value(Checkpoint checkpoint, String name, PrintOptions options) throws IOException {
        NumpyText.print(new TensorArray(checkpoint.tensor(name)), options, out()::text);
        print("");
    }

    private void count(Checkpoint checkpoint) throws IOException {
        Pattern excluded = excluded();
        long params = 0;
        long excludedParams = 0;
        long excludedTensors = 0;
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo info = all.next();
            long elements = info.shape().elementCount().orElse(0);
            if (!countExcludePattern.isEmpty() && excluded.matcher(info.name()).find()) {
                excludedParams += elements;
                excludedTensors++;
            } else {
                params += elements;
            }
        }
        if (!countExcludePattern.isEmpty()) {
            print("# Excluding " + excludedTensors + " tensors (" + excludedParams + " params) that match "
                    + countExcludePattern + " when counting.");
        }
        print("# Total number of params: " + params);
    }

    private Pattern excluded() {
        try {
            return Pattern.compile(countExcludePattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "--count_exclude_pattern is not a regular expression: " + e.getDescription(), e);
        }
    }

    private void explain(String message) throws IOException {
        print(message);
        if (message.contains("corrupted compressed block contents")) {
            print("It's likely that your checkpoint file has been compressed with SNAPPY.");
        }
        boolean dataLoss = message.contains("Data loss") || message.contains("DATA_LOSS");
        if (dataLoss
                && Pattern.compile("\\.(index|meta|data)").matcher(file.text()).find()) {
            print("");
            print("It's likely that this is a V2 checkpoint and you need to provide the filename");
            print("*prefix*.  Try removing the '.' and extension.  Try:");
            print("inspect checkpoint --file_name = "
                    + file.text().substring(0, file.text().lastIndexOf('.')));
        }
    }
}
