package org.tfckpt.spark;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Queue;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.Decimal;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.values.Histogram;
import org.tfckpt.values.Statistics;
import org.tfckpt.values.Summary;
import org.tfckpt.values.TensorStatistics;

/** The table {@code stats}. */
final class StatisticsRows extends TableRows {
    /** Several tensors are scanned together, so that they share memory. */
    private static final int BATCH = 256;

    private static final int ELEMENTS = 4;

    private final Pieces pieces;
    private final boolean readsValues;
    private final Queue<Object[]> rows = new ArrayDeque<>();
    private boolean ended;

    StatisticsRows(Input input) throws IOException {
        super(input);
        this.pieces = input.pieces();
        this.readsValues = input.table().readsValues(input.columns());
    }

    @Override
    Object @Nullable [] next() throws IOException {
        while (rows.isEmpty() && !ended) {
            fill();
        }
        return rows.poll();
    }

    private void fill() throws IOException {
        List<TensorInfo> batch = new ArrayList<>();
        Map<String, Object[]> known = input.split().known();
        while (batch.size() + rows.size() < BATCH && !ended) {
            Pieces.Piece piece = pieces.next();
            Object[] combined = piece == null || known == null
                    ? null
                    : known.get(piece.tensor().name());
            if (piece == null) {
                ended = true;
            } else if (!readsValues) {
                rows.add(elements(row(piece.tensor()), piece.tensor()));
            } else if (pieces.begins(piece) && combined != null) {
                rows.add(combined);
            } else if (pieces.begins(piece)) {
                batch.add(piece.tensor());
            }
        }
        scan(batch);
    }

    private void scan(List<TensorInfo> batch) throws IOException {
        Statistics statistics = input.wants("quantiles") ? Statistics.DEFAULT : Statistics.DEFAULT.withoutHistograms();
        statistics.scan(input.checkpoint(), batch.iterator(), new Statistics.Listener() {
            @Override
            public void accept(TensorStatistics result) {
                rows.add(of(input.split().target(), result));
            }

            @Override
            public void damaged(TensorInfo tensor, CheckpointException problem) throws IOException {
                rows.add(elements(row(tensor, problem), tensor));
            }
        });
    }

    private static Object[] elements(Object[] row, TensorInfo tensor) {
        row[ELEMENTS] = tensor.shape().elementCount().isPresent()
                ? (Long) tensor.shape().elements()
                : null;
        return row;
    }

    static Object[] of(Target target, TensorStatistics statistics) {
        Object[] row = elements(row(target, TableKind.STATS, statistics.info()), statistics.info());
        int column = ELEMENTS + 1;
        Summary summary = statistics.summary().orElse(null);
        if (summary != null) {
            row[column++] = summary.nan();
            row[column++] = summary.infinite();
            row[column++] = summary.negativeInfinite();
            row[column++] = summary.zeros();
            row[column++] = summary.min() == null ? null : summary.min().doubleValue();
            row[column++] = summary.max() == null ? null : summary.max().doubleValue();
            row[column++] = integer(summary.min());
            row[column++] = integer(summary.max());
            row[column++] = boxed(summary.mean());
            row[column++] = boxed(summary.standardDeviation());
            row[column++] = summary.norm();
            row[column] = statistics
                    .histogram()
                    .filter(histogram -> histogram.count() > 0)
                    .map(StatisticsRows::quantiles)
                    .orElse(null);
        }
        TensorStatistics.StringLengths lengths = statistics.lengths().orElse(null);
        if (lengths != null) {
            column = row.length - 5;
            row[column++] = lengths.min();
            row[column++] = lengths.max();
            row[column] = lengths.total();
        } else if (statistics.info().dtype() == DataType.DT_STRING) {
            row[row.length - 3] = 0L;
        }
        return row;
    }

    private static @Nullable Decimal integer(@Nullable Number number) {
        return number == null || number instanceof Double ? null : TableKind.integer(number.toString());
    }

    private static @Nullable Double boxed(OptionalDouble number) {
        return number.isPresent() ? (Double) number.getAsDouble() : null;
    }

    private static GenericInternalRow quantiles(Histogram histogram) {
        Object[] quantiles = new Object[TableKind.PROBABILITIES.length];
        for (int i = 0; i < quantiles.length; i++) {
            quantiles[i] = histogram.quantile(TableKind.PROBABILITIES[i]);
        }
        return new GenericInternalRow(quantiles);
    }
}
