package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.values.ScanOptions;
import org.tfckpt.values.Statistics;
import org.tfckpt.values.Summary;
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
            "Example: tfckpt stats --fail-on-nan log/model.ckpt-122543",
            "Example: tfckpt stats log --history --include logit/DW"
        })
final class StatsCommand extends ToolCommand {
    /** The values of {@code --sort}. */
    enum Sort {
        NAME,
        SIZE,
        MAX,
        STD,
        NAN;

        /** Returns a number to sort by; the largest comes first. */
        private double key(StatsRow row) {
            Summary summary = row.summary();
            if (this == SIZE) {
                return row.info().byteSize();
            }
            if (summary == null) {
                return Double.NEGATIVE_INFINITY;
            }
            Number max = summary.max();
            return switch (this) {
                case MAX -> max == null ? Double.NEGATIVE_INFINITY : max.doubleValue();
                case STD -> summary.standardDeviation().orElse(Double.NEGATIVE_INFINITY);
                default -> row.notFinite();
            };
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final DamageReport damage = new DamageReport(text -> console.message(text));
    private boolean foundNotFinite;

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
    private Sort sort = Sort.NAME;

    @Option(
            names = "--scopes",
            paramLabel = "N",
            description = "Also print the statistics of each scope of N parts: 1 for 'input/'.")
    private @Nullable Integer scopes;

    @Option(
            names = "--history",
            description = "Print one line per checkpoint for each selected tensor. A directory stands for all its"
                    + " checkpoints, by step.")
    private boolean history;

    @Option(
            names = "--fail-on-nan",
            description = "Exit with status 1 if there is a NaN or an infinity, and name every tensor that has one.")
    private boolean failOnNan;

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Mixin
    private ThreadOptions threads = new ThreadOptions();

    @Override
    public Integer call() throws IOException {
        if (scopes != null && scopes < 1) {
            throw new IllegalArgumentException("--scopes must be at least 1, not " + scopes);
        }
        if (history && (scopes != null || sort != Sort.NAME)) {
            throw new IllegalArgumentException(
                    "--history cannot be combined with --scopes or --sort: it prints a line per checkpoint, by step");
        }
        try (ThreadOptions.Workers workers = threads.workers();
                ProgressLine progress = new ProgressLine(console)) {
            if (history) {
                writeHistory(path -> rows(path, workers.options(), progress));
            } else if (paths.size() > 1) {
                throw new IllegalArgumentException(
                        "only --history takes several checkpoints; 'tfckpt diff' compares two");
            } else {
                try (Checkpoint checkpoint = open(paths.get(0))) {
                    selection.requireTensors(checkpoint);
                    write(checkpoint, workers.options(), progress);
                }
            }
        }
        damage.finish("have no statistics");
        return foundNotFinite || !damage.isEmpty() ? 1 : 0;
    }

    private void write(Checkpoint checkpoint, ScanOptions options, ProgressLine progress) throws IOException {
        StatsSums sums = new StatsSums(scopes == null ? 0 : scopes);
        if (json) {
            out().json(out -> {
                out.text("checkpoint", checkpoint.prefix());
                out.generator().writeArrayFieldStart("tensors");
                forEach(checkpoint, options, progress, row -> {
                    sums.add(row);
                    out.object(() -> row.writeJson(out));
                });
                out.generator().writeEndArray();
                sums.writeJson(out);
            });
            return;
        }
        Style style = style();
        boolean[] isStarted = {false};
        forEach(checkpoint, options, progress, row -> {
            if (!isStarted[0]) {
                out().line(StatsRow.header("tensor"));
                isStarted[0] = true;
            }
            sums.add(row);
            row.writeText(out(), row.info().name(), style);
        });
        sums.writeText(out(), style);
    }

    private void writeHistory(StatsHistory.Rows rows) throws IOException {
        StatsHistory found = StatsHistory.read(paths, rows);
        if (found.isEmpty() && damage.isEmpty()) {
            throw SelectionOptions.nothing(Plural.of(found.size(), "checkpoint"));
        }
        if (json) {
            found.writeJson(out());
        } else {
            found.writeText(out(), style());
        }
    }

    /** Receives a row. */
    private interface Rows {
        void add(StatsRow row) throws IOException;
    }

    /** Passes the rows of a checkpoint in the order of {@code --sort}. */
    private void forEach(Checkpoint checkpoint, ScanOptions options, ProgressLine progress, Rows rows)
            throws IOException {
        if (sort == Sort.NAME) {
            scan(checkpoint, options, progress, rows);
            return;
        }
        List<StatsRow> sorted = new ArrayList<>();
        scan(checkpoint, options, progress, sorted::add);
        sorted.sort(Comparator.comparingDouble((StatsRow row) -> -sort.key(row))
                .thenComparing(row -> row.info().name(), TensorNames.ORDER));
        for (StatsRow row : sorted) {
            rows.add(row);
        }
    }

    private void scan(Checkpoint checkpoint, ScanOptions options, ProgressLine progress, Rows rows) throws IOException {
        long total = console.terminal() ? selection.bytes(checkpoint) : 0;
        long start = System.nanoTime();
        long[] bytes = {0};
        ScanOptions observed = options.withProgress(done -> {
            bytes[0] = done;
            progress.onProgress(done, total);
        });
        Iterator<TensorInfo> tensors = selection.iterator(checkpoint);
        Statistics.DEFAULT.with(observed).scan(checkpoint, tensors, new Statistics.Listener() {
            @Override
            public void accept(TensorStatistics statistics) throws IOException {
                // Rows and problems are written where the progress stands.
                progress.close();
                StatsRow row = StatsRow.of(statistics);
                reportNotFinite(checkpoint, row);
                rows.add(row);
            }

            @Override
            public void damaged(TensorInfo tensor, CheckpointException problem) {
                progress.close();
                damage.add(problem);
            }
        });
        RemoteRate.report(checkpoint.prefix(), bytes[0], System.nanoTime() - start, console);
    }

    private void reportNotFinite(Checkpoint checkpoint, StatsRow row) {
        if (failOnNan && row.notFinite() > 0) {
            foundNotFinite = true;
            console.message("'" + row.info().name() + "' has NaN or infinite elements: " + row.notFinite() + " of "
                    + row.info().shape().elements() + (history ? ", in '" + checkpoint + "'" : ""));
        }
    }

    /** Returns the rows of a checkpoint; none if it cannot be opened. */
    private List<StatsRow> rows(Path path, ScanOptions options, ProgressLine progress) throws IOException {
        List<StatsRow> rows = new ArrayList<>();
        try (Checkpoint checkpoint = open(path)) {
            scan(checkpoint, options, progress, rows::add);
        } catch (CheckpointException e) {
            damage.add(e);
        }
        return rows;
    }
}
