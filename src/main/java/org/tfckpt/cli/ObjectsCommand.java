package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code objects}: shows the object graph of a TF2 checkpoint. */
@Command(
        name = "objects",
        header = "Show the object graph of a TF2 checkpoint.",
        description =
                "Prints the objects as a tree of attribute names, with the checkpoint keys of their values. Optimizer"
                        + " slots are shown below their variable. An object with several paths is shown once, at its"
                        + " shortest path; elsewhere the line refers to that path. A checkpoint does not record the"
                        + " class of an object.",
        footer = "Example: tfckpt objects saved_model")
final class ObjectsCommand extends ToolCommand {
    @Parameters(
            paramLabel = "CHECKPOINT",
            description =
                    "Object-based checkpoint to read: a prefix, one of its files, a directory with a state file, or"
                            + " a SavedModel directory.")
    private Path path = Path.of("");

    @Option(names = "--json", description = "Print one JSON document with all objects by their node number.")
    private boolean json;

    @Option(names = "--all", description = "Also show objects without values in the checkpoint.")
    private boolean all;

    @Override
    public Integer call() throws IOException {
        try (Checkpoint checkpoint = open(path)) {
            ObjectGraph graph = checkpoint
                    .objectGraph()
                    .orElseThrow(() -> new CheckpointException(
                            "'" + checkpoint.prefix() + "' is not an object-based checkpoint",
                            ErrorContext.hint("'ls --tree' shows the scopes of a name-based one")));
            if (json) {
                out().json(out -> ObjectsJson.write(out, checkpoint, graph));
            } else {
                new ObjectsTree(out(), checkpoint, graph, all).write();
            }
        }
        return 0;
    }
}
