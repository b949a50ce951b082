package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.edit.RewriteSummary;
import org.tfckpt.restore.RestoreException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rewrite}: a new checkpoint from old ones. */
@Command(
        name = "rewrite",
        description =
                "Writes a new checkpoint: some tensors, under other names, of several checkpoints, in another format."
                        + " Data files of which everything is kept are linked, not copied. At every moment there is the"
                        + " old checkpoint or the new one. Exit code 1 if a graph does not find all that it wants, or"
                        + " if --salvage found something lost.",
        footer = {
            "",
            "--include and --exclude choose tensors by their old names; with --for, variables of the graph. The object"
                    + " graph of a TF2 checkpoint comes along and is kept in step.",
            "",
            "Example: tfckpt rewrite --no-slots --rename 's#^input/#init/#' log/model.ckpt-122543 -o init/model.ckpt"
        })
final class RewriteCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "CHECKPOINT", arity = "1..*", description = "What to rewrite; several are merged.")
    private List<Path> paths = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PREFIX",
            required = true,
            description = "The prefix of the new checkpoint.")
    private Path output = Path.of("");

    @Mixin
    private NameFilter filter = new NameFilter();

    @Mixin
    private RewriteOptions options = new RewriteOptions();

    @Mixin
    private SideFiles sideFiles = new SideFiles();

    @Option(names = "--force", description = "Replace a checkpoint that is there, be it the one that is read.")
    private boolean force;

    @Option(names = "--dry-run", description = "Say what would happen, tensor by tensor, and write nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    @Mixin
    private CommonOptions common = new CommonOptions();

    RewriteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        List<Checkpoint> inputs = new ArrayList<>();
        try {
            for (Path path : paths) {
                inputs.add(open(path));
            }
            return run(inputs).isEmpty() ? 0 : 1;
        } catch (RestoreException e) {
            console.err().println("tfckpt: " + e.getMessage());
            return 1;
        } finally {
            for (Checkpoint input : inputs) {
                input.close();
            }
        }
    }

    /** Where files are damaged, they are read without mapping: what cannot be read is an exception then. */
    private Checkpoint open(Path path) throws IOException {
        if (!options.isSalvage()) {
            return Checkpoint.open(path, common.readOptions());
        }
        try {
            return Checkpoint.open(path, ReadOptions.DEFAULT.withoutMapping());
        } catch (DataLossException e) {
            throw new DataLossException(
                    e.kind(), e.problem(), e.context().withHint("without that nothing of it can be salvaged"), e);
        }
    }

    /** Returns what is lost. */
    private List<Problem> run(List<Checkpoint> inputs) throws IOException {
        Rewrite rewrite = options.apply(filter, inputs).build();
        for (String note : rewrite.notes()) {
            console.err().println("tfckpt: " + Failures.printable(note));
        }
        @Nullable Path meta = sideFiles.meta(inputs, options.graphFile(), output, force);
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
            RewriteJson.write(console.out(), output, dryRun, rewrite, summary);
        } else {
            text(rewrite, summary);
        }
        return rewrite.lost();
    }

    private void text(Rewrite rewrite, RewriteSummary summary) throws IOException {
        Style style = common.style(console);
        for (Problem problem : rewrite.lost()) {
            console.out().text(style.bad(ProblemText.line(problem)) + "\n");
        }
        if (dryRun) {
            List<String> lines = new ArrayList<>();
            rewrite.describe(lines::add);
            for (String line : lines) {
                console.out().line(line);
            }
        } else {
            console.out().line(output + ": " + summary + ProblemText.lost(rewrite.lost()));
        }
    }
}
