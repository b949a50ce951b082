package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.edit.Average;
import org.tfckpt.edit.RewriteSummary;
import org.tfckpt.files.CheckpointLocator;
import org.tfckpt.files.CheckpointState;
import org.tfckpt.io.Closeables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code average}: writes the mean of checkpoints. */
@Command(
        name = "average",
        header = "Write the average of several checkpoints.",
        description = "Averages the floating-point tensors of checkpoints of the same model: sums in double precision,"
                + " rounded once. Integers, booleans and strings come from the last checkpoint, with a warning if they"
                + " differ. Optimizer slots are dropped. The result is verified.",
        footer = "Example: tfckpt average --last 5 log -o averaged/model.ckpt")
final class AverageCommand extends ToolCommand {
    @Parameters(
            paramLabel = "CHECKPOINT",
            arity = "1..*",
            description = "Checkpoints to average, oldest first:" + CommonOptions.FORMS)
    private List<Path> paths = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PREFIX",
            required = true,
            description =
                    "Prefix of the new checkpoint, or a file that ends in .safetensors, .npz or .npy. Its directory"
                            + " is created if necessary.")
    private String output = "";

    @Option(
            names = "--last",
            paramLabel = "N",
            description = "Average the last N checkpoints of a state file, or of the directory that contains it.")
    private @Nullable Integer last;

    @Option(
            names = "--weights",
            split = ",",
            paramLabel = "W",
            description = "Weights of the checkpoints, for example 1,2,1 (default: equal).")
    private double @Nullable [] weights;

    @Option(names = "--slots", description = "Keep and average the state of optimizers.")
    private boolean slots;

    @Mixin
    private MovingAverageOptions movingAverages = new MovingAverageOptions();

    @Option(names = "--force", description = "Replace an existing checkpoint, even if it is an input.")
    private boolean force;

    @Option(names = "--json", description = "Print one JSON document, as that of 'rewrite'.")
    private boolean json;

    @Mixin
    private NameFilter filter = new NameFilter();

    @Mixin
    private ThreadOptions threads = new ThreadOptions();

    @Override
    public Integer call() throws IOException {
        List<Checkpoint> inputs = new ArrayList<>();
        try {
            for (Path path : last == null ? paths : lastOf(last)) {
                inputs.add(open(path));
            }
            try (ThreadOptions.Workers workers = threads.workers()) {
                run(inputs, workers);
            }
        } finally {
            Closeables.closeAll(inputs);
        }
        return 0;
    }

    private List<Path> lastOf(int count) throws IOException {
        if (count < 1) {
            throw new IllegalArgumentException("--last must be at least 1, not " + count);
        }
        if (paths.size() != 1) {
            throw new IllegalArgumentException("--last takes one state file or directory, not " + paths.size());
        }
        CheckpointState state = CheckpointLocator.state(paths.get(0));
        List<Path> existing = new ArrayList<>();
        for (String entry : state.all()) {
            CheckpointLocator.locate(state, entry)
                    .map(location -> state.directory().getFileSystem().getPath(location.name()))
                    .ifPresent(existing::add);
        }
        if (existing.size() < count) {
            String all = "; 'tfckpt state " + paths.get(0) + "' prints them";
            throw new IllegalArgumentException("--last " + count + ": the state file of '" + paths.get(0) + "' lists "
                    + Plural.of(existing.size(), "existing checkpoint")
                    + (existing.isEmpty()
                            ? all
                            : "; use --last " + existing.size() + ", or name the checkpoints to average instead"));
        }
        return existing.subList(existing.size() - count, existing.size());
    }

    private void run(List<Checkpoint> inputs, ThreadOptions.Workers workers) throws IOException {
        Path target = OutputPath.of(output, inputs.get(inputs.size() - 1));
        Average.Builder builder = Average.of(inputs)
                .include(filter.included())
                .exclude(filter.excluded())
                .format(OutputPath.format(target, console))
                .threads(workers.executor(), workers.degree());
        if (weights != null) {
            builder.weights(weights);
        }
        if (slots) {
            builder.withSlots();
        }
        if (movingAverages.chosen()) {
            builder.movingAverages(movingAverages.partial());
        }
        Average average = builder.build();
        average.notes().forEach(note -> console.message("warning: " + note));
        if (average.tensors().isEmpty()) {
            throw new IllegalArgumentException("the new checkpoint would be empty: no tensor is selected");
        }
        List<String> notes = new ArrayList<>(average.notes());
        RewriteSummary summary;
        try (ProgressLine progress = new ProgressLine(console)) {
            summary = average.run(target, force, progress, notes::add);
        }
        notes.subList(average.notes().size(), notes.size()).forEach(note -> console.message("warning: " + note));
        if (json) {
            out().json(new RewriteJson(target, true, average.tensors(), notes, List.of(), summary)::write);
        } else {
            out().line(output + ": average of " + Plural.of(inputs.size(), "checkpoint") + ", "
                    + Plural.of(summary.tensors(), "tensor") + "; verified");
        }
    }
}
