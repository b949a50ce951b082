package org.tfckpt.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.tfckpt.Checkpoint;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.values.ScanOptions;
import org.tfckpt.values.Statistics;
import org.tfckpt.values.TensorStatistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stats}: prints statistics of tensors. */
@Command(
        name = "stats",
        header = "Print statistics of tensors.",
        description = "Prints one line per tensor: number of elements, minimum, median, maximum, mean and standard"
                + " deviation of the finite elements, and marks NaN, infinities, and tensors that are all zero or"
                + " constant. Everything is exact, except quantiles, whose error is below 1 %% (none for dtypes of up"
                + " to 16 bits). Every byte is read once and checked. A complex number counts as its absolute value.",
        footer = {
            "",
            "Example: tfckpt stats --fail-on-nan log/model.ckpt-122543",
            "Example: tfckpt stats log --history --include logit/DW",
            "",
            CommonOptions.EXIT_STATUS
        })
final class StatsCommand implements Callable<Integer> {
    private final Console console;
    private int exitStatus;

    @Parameters(
            paramLabel = "CHECKPOINT",
            arity = "1..*",
            description = "Checkpoint to read:" + CommonOptions.FORMS + " With --history, several, or a directory.")
    private List<Path> paths = List.of();

    @Option(names = "--json", description = "Print one JSON document, with quantiles.")
    private boolean json;

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            defaultValue = "name",
            description = "Sort by ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); except for names, the largest"
                    + " comes first. 'nan' counts NaN and infinities.")
    private StatsOrder sort = StatsOrder.NAME;

    @Option(
            names = "--scopes",
            paramLabel = "N",
            description = "Also print the statistics of each scope of N parts: 1 for 'input/'.")
    private int scopes;

    @Option(
            names = "--history",
            description = "Print one line per checkpoint for each selected tensor. A directory stands for all its"
                    + " checkpoints, by step.")
    private boolean history;

    @Option(
            names = "--fail-on-nan",
            description = "Exit with status 1 if there is a NaN or an infinity, and name every tensor that has one.")
    private boolean failOnNan;

    @Option(names = "--no-slots", description = CommonOptions.NO_SLOTS)
    private boolean noSlots;

    @Mixin
    private NameFilter filter = new NameFilter();

    @Mixin
    private ThreadOptions threads = new ThreadOptions();

    @Mixin
    private CommonOptions common = new CommonOptions();

    StatsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (scopes < 0) {
            throw new IllegalArgumentException("--scopes must be at least 1, not " + scopes);
        }
        try (ThreadOptions.Workers workers = threads.workers()) {
            if (history) {
                StatsHistory found = StatsHistory.read(paths, path -> rows(path, workers.options()));
                if (json) {
                    found.writeJson(console.out());
                } else {
                    found.writeText(console.out(), common.style(console));
                }
            } else if (paths.size() > 1) {
                throw new IllegalArgumentException("only --history takes several checkpoints");
            } else {
                write(paths.get(0), workers.options());
            }
        }
        return exitStatus;
    }

    private void write(Path path, ScanOptions options) throws IOException {
        StatsScopes ofScopes = new StatsScopes(scopes);
        try (Checkpoint checkpoint = Checkpoint.open(path, common.readOptions())) {
            if (json) {
                try (JsonOutput out = new JsonOutput(console.out().stream())) {
                    write(checkpoint, options, new StatsJson(out, checkpoint.prefix(), ofScopes));
                }
            } else {
                write(checkpoint, options, new StatsText(console.out(), common.style(console), ofScopes));
            }
        }
    }

    private void write(Checkpoint checkpoint, ScanOptions options, StatsOutput output) throws IOException {
        StatsOutput rows = sorted(output);
        scan(checkpoint, options, rows);
        rows.finish();
    }

    private StatsOutput sorted(StatsOutput rows) {
        if (sort == StatsOrder.NAME) {
            return rows;
        }
        Comparator<StatsRow> largestFirst = Comparator.comparingDouble(row -> -row.sortKey(sort));
        return new SortedStats(
                rows, largestFirst.thenComparing(row -> row.info().name(), TensorNames.ORDER));
    }

    private void scan(Checkpoint checkpoint, ScanOptions options, StatsOutput output) throws IOException {
        Statistics.DEFAULT.with(options).scan(checkpoint, chosen(checkpoint), new Statistics.Listener() {
            @Override
            public void accept(TensorStatistics statistics) throws IOException {
                StatsRow row = StatsRow.of(statistics);
                reportNotFinite(checkpoint, row);
                output.add(row);
            }

            @Override
            public void damaged(TensorInfo tensor, CheckpointException problem) {
                console.err().println("tfckpt: " + Failures.describe(problem));
                exitStatus = 1;
            }
        });
    }

    private void reportNotFinite(Checkpoint checkpoint, StatsRow row) {
        if (failOnNan && row.notFinite() > 0) {
            exitStatus = 1;
            String tensor = Failures.printable(row.info().name());
            console.err()
                    .println("tfckpt: '" + tensor + "' has NaN or infinite elements: " + row.notFinite() + " of "
                            + row.info().shape().elements() + (history ? ", in " + checkpoint : ""));
        }
    }

    /** Returns the rows of a checkpoint. */
    private List<StatsRow> rows(Path path, ScanOptions options) throws IOException {
        List<StatsRow> rows = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(path, common.readOptions())) {
            scan(checkpoint, options, rows::add);
        } catch (CheckpointException e) {
            console.err().println("tfckpt: " + Failures.describe(e));
            exitStatus = 1;
        }
        return rows;
    }

    private Iterator<TensorInfo> chosen(Checkpoint checkpoint) throws IOException {
        if (filter.acceptsAll() && !noSlots) {
            return checkpoint.tensorIterator();
        }
        Stream<TensorInfo> tensors = checkpoint.tensors().filter(info -> filter.accepts(info.name()));
        if (noSlots) {
            OptimizerSlots slots = OptimizerSlots.of(checkpoint);
            tensors = tensors.filter(info -> !isSlot(slots, info));
        }
        return tensors.iterator();
    }

    static boolean isSlot(OptimizerSlots slots, TensorInfo info) {
        try {
            return slots.kindOf(info).isOptimizerState();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
