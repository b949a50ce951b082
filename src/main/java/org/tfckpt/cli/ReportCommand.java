package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.report.Report;
import org.tfckpt.tensor.DataLossException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report}: writes an HTML page about a checkpoint. */
@Command(
        name = "report",
        header = "Write an HTML report on a checkpoint.",
        description = "Writes one HTML file that opens in a browser without a server or a network: a treemap of the"
                + " scopes, a table of all tensors, optimizer slots and damage. A damaged checkpoint gets a page, too;"
                + " the exit status is then 1.",
        footer = "Example: tfckpt report --values log/model.ckpt-122543 -o report.html")
final class ReportCommand extends ToolCommand {
    @Parameters(paramLabel = "CHECKPOINT", description = "Checkpoint to show:" + CommonOptions.FORMS)
    private Path path = Path.of("");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "HTML file to write. Its directory is created if necessary.")
    private String output = "";

    @Option(
            names = "--values",
            description = "Read all values: statistics, histograms, heat maps, and warnings about NaN, zeros, equal"
                    + " tensors and large slots.")
    private boolean values;

    @Option(names = "--verify", description = "Check all data for damage, as 'verify' does.")
    private boolean verify;

    @Option(
            names = "--against",
            paramLabel = "OTHER",
            description = "Show what was added, removed and changed since the checkpoint OTHER.")
    private @Nullable Path against;

    @Option(
            names = "--graph",
            paramLabel = "GRAPH",
            description = "Show which variables of GRAPH the checkpoint has: see 'graph --help'.")
    private @Nullable Path graph;

    @Option(names = "--graph-format", paramLabel = "FORMAT", description = GraphArgument.FORMAT)
    private GraphArgument.@Nullable Format graphFormat;

    @Option(
            names = "--show-paths",
            description = "Show the directory of the checkpoint. By default, the page names files only, because it may"
                    + " be passed on.")
    private boolean showPaths;

    @Option(names = "--force", description = "Replace an existing file.")
    private boolean force;

    @Mixin
    private NameFilter filter = new NameFilter();

    @Mixin
    private ThreadOptions threads = new ThreadOptions();

    @Override
    public Integer call() throws IOException {
        Path target = OutputPath.local(output);
        if (Files.isDirectory(target)) {
            throw new IllegalArgumentException("-o needs the file to write, and '" + output
                    + "' is a directory; write for example -o '" + target.resolve("report.html") + "'");
        }
        // A file that is truncated while it is verified is a problem, too.
        ReadOptions options = common.readOptions(!verify);
        Checkpoint checkpoint;
        try {
            checkpoint = Checkpoint.open(path, options);
        } catch (DataLossException e) {
            console.message(Failures.describe(e));
            return write(Report.ofUnreadable(path.toString(), e), target);
        }
        try (checkpoint;
                Checkpoint other = against == null ? null : Checkpoint.open(against, options);
                ThreadOptions.Workers workers = threads.workers()) {
            Report report = Report.of(checkpoint)
                    .values(values)
                    .verify(verify)
                    .selecting(filter::accepts)
                    .threads(workers.executor(), workers.degree());
            if (other != null) {
                report.against(other);
            }
            if (graph != null) {
                report.graph(GraphArgument.open(graph, null, graphFormat, console));
            }
            return write(report, target);
        }
    }

    private int write(Report report, Path target) throws IOException {
        Report.Written written = report.showPaths(showPaths).writeTo(target, force);
        String warnings = written.warnings() == 0 ? "" : ", " + Plural.of(written.warnings(), "warning");
        String damage = written.problems() == 0 ? "" : ", damaged: " + Plural.of(written.problems(), "problem");
        out().line(output + ": " + Plural.of(written.tensors(), "tensor") + warnings + damage);
        return written.problems() == 0 ? 0 : 1;
    }
}
