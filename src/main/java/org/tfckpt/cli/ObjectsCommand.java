package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code objects}: the objects of a TF2 checkpoint. */
@Command(
        name = "objects",
        description =
                "Prints the object graph of a TF2 checkpoint as a tree: the attributes that lead to each object, the"
                        + " tensors of its values, and below a variable the slots that optimizers keep for it. An object that"
                        + " several hold is shown once, along its shortest path; elsewhere that path stands. A checkpoint does"
                        + " not say of which class an object was.",
        footer = {"", "Example: tfckpt objects saved_model"})
final class ObjectsCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "CHECKPOINT", description = "Whose objects.")
    private Path path = Path.of("");

    @Option(names = "--json", description = "One JSON document: all objects by their numbers.")
    private boolean json;

    @Option(names = "--all", description = "Also objects without values in the checkpoint.")
    private boolean all;

    @Mixin
    private CommonOptions common = new CommonOptions();

    ObjectsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path, common.readOptions())) {
            ObjectGraph graph = checkpoint
                    .objectGraph()
                    .orElseThrow(() -> new CheckpointException(
                            "Not an object-based checkpoint: " + checkpoint.prefix(),
                            ErrorContext.hint("TF1 checkpoints have names alone; 'ls --tree' shows their scopes")));
            if (json) {
                ObjectsJson.write(console.out(), checkpoint, graph);
            } else {
                new ObjectsTree(console.out(), checkpoint, graph, all).write();
            }
        }
        return 0;
    }
}
