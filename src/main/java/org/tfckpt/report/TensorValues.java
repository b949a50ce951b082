package org.tfckpt.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.values.Histogram;
import org.tfckpt.values.ReducedMatrix;
import org.tfckpt.values.ScanOptions;
import org.tfckpt.values.Statistics;
import org.tfckpt.values.Summary;
import org.tfckpt.values.TensorStatistics;

/** The statistics of the tensors of the page. */
final class TensorValues {
    private static final List<Double> PROBABILITIES = List.of(0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99);

    private static final int HISTOGRAMS = 2000;
    /** The size of a heat map in each direction, and of all of them together. */
    private static final int SIDE = 64;

    private static final int MAX_CELLS = 1_000_000;

    private final @Nullable Numbers[] numbers;
    private final TensorStatistics.@Nullable StringLengths[] lengths;
    private final @Nullable String[] histograms;
    private final Coded.@Nullable HeatMap[] heatMaps;

    /**
     * The statistics of one tensor of numbers.
     *
     * @param summary the counts, extremes and moments
     * @param quantiles those of {@link #PROBABILITIES}; empty if there are none
     */
    private record Numbers(Summary summary, List<Double> quantiles) {}

    private TensorValues(int rows) {
        this.numbers = new Numbers[rows];
        this.lengths = new TensorStatistics.StringLengths[rows];
        this.histograms = new String[rows];
        this.heatMaps = new Coded.HeatMap[rows];
    }

    /** Reads all values, and adds what looks wrong in them to the warnings, and what cannot be read to the problems. */
    static TensorValues read(
            Checkpoint checkpoint,
            TensorTable tensors,
            Executor executor,
            int threads,
            Warnings warnings,
            List<Problem> problems)
            throws IOException {
        ScanOptions options = ScanOptions.DEFAULT.withThreads(executor, threads);
        TensorValues values = new TensorValues(tensors.rows().size());
        Set<String> damaged = new HashSet<>();
        long smallest = sizeOfRank(tensors.rows(), HISTOGRAMS);
        List<TensorInfo> infos =
                tensors.rows().stream().map(TensorTable.Row::info).toList();
        Statistics.DEFAULT.with(options).scan(checkpoint, infos.iterator(), new Statistics.Listener() {
            @Override
            public void accept(TensorStatistics statistics) {
                boolean large = statistics.info().byteSize() >= smallest;
                values.add(tensors.indexOf(statistics.name()), statistics, large);
                warnings.add(statistics);
            }

            @Override
            public void damaged(TensorInfo tensor, CheckpointException problem) {
                damaged.add(tensor.name());
                if (problem instanceof DataLossException damage) {
                    problems.add(damage.toProblem());
                }
            }
        });
        values.readHeatMaps(checkpoint, tensors, executor, threads);
        warnings.addEqual(checkpoint, damaged, options);
        return values;
    }

    private static long sizeOfRank(List<TensorTable.Row> rows, int rank) {
        return rows.size() <= rank
                ? Long.MIN_VALUE
                : rows.stream()
                        .map(row -> row.info().byteSize())
                        .sorted(Comparator.reverseOrder())
                        .skip(rank - 1)
                        .findFirst()
                        .orElseThrow();
    }

    private void add(int row, TensorStatistics statistics, boolean large) {
        List<Double> quantiles = new ArrayList<>();
        Histogram histogram = statistics.histogram().orElse(null);
        if (histogram != null && histogram.count() > 0) {
            PROBABILITIES.forEach(probability -> quantiles.add(histogram.quantile(probability)));
            histograms[row] = large ? Coded.histogram(histogram) : null;
        }
        numbers[row] = statistics
                .summary()
                .map(summary -> new Numbers(summary, quantiles))
                .orElse(null);
        lengths[row] = statistics.lengths().orElse(null);
    }

    private void readHeatMaps(Checkpoint checkpoint, TensorTable tensors, Executor executor, int threads)
            throws IOException {
        List<TensorInfo> chosen = new ArrayList<>();
        int cells = 0;
        for (TensorTable.Row row : tensors.rows().stream()
                .filter(row -> ReducedMatrix.isMatrix(row.info()) && isFinite(tensors, row))
                .sorted(Comparator.comparingLong(row -> -row.info().byteSize()))
                .toList()) {
            cells += (int) Math.min(SIDE * SIDE, row.info().shape().elements());
            if (cells > MAX_CELLS || chosen.size() == HISTOGRAMS) {
                break;
            }
            chosen.add(row.info());
        }
        OrderedWork.forEach(
                chosen,
                info -> {
                    try {
                        heatMaps[tensors.indexOf(info.name())] =
                                Coded.heatMap(ReducedMatrix.of(checkpoint.tensor(info), SIDE));
                    } catch (CheckpointException replaced) {
                        // It was intact when its statistics were computed; there is no heat map then.
                        return;
                    }
                },
                executor,
                threads);
    }

    private boolean isFinite(TensorTable tensors, TensorTable.Row row) {
        Numbers found = numbers[tensors.indexOf(row.info().name())];
        return found != null && found.summary != null && found.summary.finite() > 0 && !found.summary.isConstant();
    }

    void write(Columns out) throws IOException {
        out.object("values", () -> {
            column(out, "nan", Summary::nan);
            column(out, "inf", Summary::infinite);
            column(out, "neg_inf", Summary::negativeInfinite);
            column(out, "zeros", Summary::zeros);
            column(out, "min", Summary::min);
            column(out, "max", Summary::max);
            column(out, "mean", summary -> Columns.orNull(summary.mean()));
            column(out, "std", summary -> Columns.orNull(summary.standardDeviation()));
            column(out, "norm", Summary::norm);
            out.array("quantiles", Arrays.asList(numbers), found -> {
                if (found == null || found.quantiles.isEmpty()) {
                    out.number(null);
                } else {
                    out.generator().writeStartArray();
                    for (double quantile : found.quantiles) {
                        out.number(quantile);
                    }
                    out.generator().writeEndArray();
                }
            });
        });
        out.numbers("probabilities", PROBABILITIES, probability -> probability);
        out.array("histogram", Arrays.asList(histograms), out::text);
        sparse(out, "lengths", lengths, found -> {
            out.number(found.min());
            out.number(found.max());
            out.number(found.total());
        });
        sparse(out, "heat", heatMaps, map -> {
            out.number(map.rows());
            out.number(map.columns());
            out.number(map.limit());
            out.text(map.cells());
        });
    }

    private void column(Columns out, String key, Function<Summary, @Nullable Number> value) throws IOException {
        out.numbers(key, Arrays.asList(numbers), found -> found == null ? null : value.apply(found.summary));
    }

    /** Writes an object with an array for each row that has something. */
    private static <T> void sparse(Columns out, String key, @Nullable T[] rows, JsonOutput.Element<T> elements)
            throws IOException {
        out.object(key, () -> {
            for (int row = 0; row < rows.length; row++) {
                T item = rows[row];
                if (item != null) {
                    out.array(String.valueOf(row), List.of(item), elements);
                }
            }
        });
    }
}
