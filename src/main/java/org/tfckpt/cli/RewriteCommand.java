package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.ReadOptions;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.edit.RewriteSummary;
import org.tfckpt.edit.RewrittenTensor;
import org.tfckpt.format.ProblemGroup;
import org.tfckpt.io.Closeables;
import org.tfckpt.restore.RestoreException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rewrite}: writes a new checkpoint from existing ones. */
@Command(
        name = "rewrite",
        customSynopsis = "tfckpt rewrite [OPTION]... CHECKPOINT... -o PREFIX",
        header = "Write a new checkpoint from existing ones.",
        description = {
            "Selects, renames and casts tensors, merges several checkpoints, and converts V1 to V2, safetensors, npz or"
                    + " npy, and these to V2. Data files that are kept whole are hard-linked instead of copied. The new"
                    + " checkpoint appears atomically.",
            "",
            "--include and --exclude match the old names; with --for, the variables of the graph (in TF2 their full"
                    + " names, paths or keys). With --fill-from, they select what is taken from the old checkpoint."
                    + " The object graph of a TF2 checkpoint is updated to match. The exit status is 1 if variables of"
                    + " the graph are missing, or if --salvage lost data."
        },
        footer = "Example: tfckpt rewrite --no-slots --rename 's#^input/#init/#' log -o init/model.ckpt")
class RewriteCommand extends ToolCommand {
    @Parameters(paramLabel = "CHECKPOINT", arity = "1..*", description = "Checkpoints to rewrite; several are merged.")
    private List<Path> paths = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PREFIX",
            required = true,
            description =
                    "Prefix of the new checkpoint, or a file that ends in .safetensors, .npz or .npy. Its directory"
                            + " is created if necessary.")
    private String outputPrefix = "";

    @Mixin
    private NameFilter filter = new NameFilter();

    @Mixin
    private RewriteOptions options = new RewriteOptions();

    @ArgGroup(validate = false, heading = "%nOther files:%n")
    private SideFiles sideFiles = new SideFiles();

    @Option(names = "--force", description = "Replace an existing checkpoint, even if it is an input.")
    private boolean force;

    @Option(names = "--dry-run", description = "Show what would be written, without writing anything.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        List<Checkpoint> opened = new ArrayList<>();
        try {
            for (Path path : paths) {
                opened.add(openInput(path));
            }
            return run(List.copyOf(opened), path -> {
                                Checkpoint other = open(path);
                                opened.add(other);
                                return other;
                            })
                            .isEmpty()
                    ? 0
                    : 1;
        } catch (RestoreException e) {
            console.err().println("tfckpt: " + e.getMessage());
            if (!options.fills() && e.comparison().isPresent()) {
                console.message("'tfckpt compare' suggests options; --fill-from CHECKPOINT takes these variables from a"
                        + " checkpoint of the new model, --resize keeps what fits of tensors of another shape,"
                        + " --partial omits the variables");
            }
            return 1;
        } finally {
            Closeables.closeAll(opened);
        }
    }

    /** With --salvage, files are not mapped, so that a read error is an exception and does not crash the JVM. */
    private Checkpoint openInput(Path path) throws IOException {
        if (!options.isSalvage()) {
            return open(path);
        }
        try {
            return Checkpoint.open(path, ReadOptions.DEFAULT.withoutMapping());
        } catch (DataLossException e) {
            throw new DataLossException(
                    e.kind(),
                    e.problem(),
                    e.context().withHint("a checkpoint that cannot be opened cannot be salvaged"),
                    e);
        }
    }

    /** Returns the problems of lost tensors. */
    private List<Problem> run(List<Checkpoint> inputs, FitOptions.Opener opener) throws IOException {
        Path output = OutputPath.of(outputPrefix, inputs.get(0));
        FileFormat format = options.format(output, console);
        sideFiles.requirePossible(format);
        Rewrite rewrite = options.apply(filter, inputs, opener, format, console).build();
        rewrite.notes().forEach(console::message);
        requireTensors(rewrite, inputs);
        @Nullable Path meta = sideFiles.meta(paths.get(0), inputs, options.graphFile(), output, force);
        RewriteSummary summary;
        if (dryRun) {
            summary = rewrite.summary();
        } else {
            try (ProgressLine progress = new ProgressLine(console)) {
                summary = rewrite.run(output, force, progress);
            }
            sideFiles.write(meta, output, force);
        }
        if (json) {
            out().json(
                            new RewriteJson(
                                            output,
                                            !dryRun,
                                            rewrite.tensors(),
                                            rewrite.notes(),
                                            rewrite.lost(),
                                            summary)::write);
        } else {
            text(rewrite, summary, output);
        }
        return rewrite.lost();
    }

    /** An empty checkpoint is hardly wanted, and would replace another one with --force. */
    private void requireTensors(Rewrite rewrite, List<Checkpoint> inputs) throws IOException {
        if (!rewrite.tensors().isEmpty()) {
            return;
        }
        if (!rewrite.lost().isEmpty()) {
            printLost(rewrite);
            throw new IllegalArgumentException("the new checkpoint would be empty: no selected tensor is intact");
        }
        for (Checkpoint input : inputs) {
            Iterator<TensorInfo> tensors = input.tensorIterator();
            if (tensors.hasNext()) {
                throw new IllegalArgumentException("the new checkpoint would be empty: no tensor of '" + input
                        + "' is selected (for example, it has '"
                        + tensors.next().name() + "')");
            }
        }
    }

    private void printLost(Rewrite rewrite) throws IOException {
        if (!json) {
            Style style = style();
            for (ProblemGroup group : ProblemGroup.of(rewrite.lost())) {
                out().text(style.bad(ProblemText.line(group)) + "\n");
            }
        }
    }

    private void text(Rewrite rewrite, RewriteSummary summary, Path output) throws IOException {
        printLost(rewrite);
        if (dryRun) {
            List<String> lines = new ArrayList<>();
            rewrite.describe(lines::add);
            for (String line : lines) {
                out().line(line);
            }
        } else {
            out().line(output + ": " + summary + ProblemText.lost(rewrite.lost()));
            for (RewrittenTensor tensor : rewrite.tensors()) {
                if (tensor.isResized() || tensor.filled()) {
                    out().line("  " + tensor);
                }
            }
        }
    }
}
