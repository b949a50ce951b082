package org.tfckpt.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.values.Histogram;
import org.tfckpt.values.Summary;
import org.tfckpt.values.TensorStatistics;

/**
 * A row of {@code stats}: a tensor with its quantiles, but without its histogram.
 *
 * @param info the tensor
 * @param summary its statistics; null for strings and variants
 * @param quantiles those of {@link #PROBABILITIES}; null if there are none
 * @param lengths the lengths of strings
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StatsRow(
        TensorInfo info,
        @Nullable Summary summary,
        double @Nullable [] quantiles,
        TensorStatistics.@Nullable StringLengths lengths) {
    private static final double[] PROBABILITIES = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
    private static final int MEDIAN = 3;

    private static final String NUMBERS = " %10s %10s %10s %10s %10s";
    private static final int NUMBERS_WIDTH = 60;
    private static final int WIDTH = 100;

    static StatsRow of(TensorStatistics statistics) {
        Optional<Histogram> histogram = statistics.histogram().filter(found -> found.count() > 0);
        double[] quantiles = null;
        if (histogram.isPresent()) {
            quantiles = new double[PROBABILITIES.length];
            for (int i = 0; i < quantiles.length; i++) {
                quantiles[i] = histogram.get().quantile(PROBABILITIES[i]);
            }
        }
        return new StatsRow(
                statistics.info(),
                statistics.summary().orElse(null),
                quantiles,
                statistics.lengths().orElse(null));
    }

    long notFinite() {
        return summary == null ? 0 : summary.nan() + summary.infinite();
    }

    static String header(String last) {
        return String.format(
                Locale.ROOT, "%5s" + NUMBERS + "  %s", "count", "min", "median", "max", "mean", "std", last);
    }

    /** Writes an aligned line with the name, or another text, in the last column. */
    void writeText(Output out, String last, Style style) throws IOException {
        writeText(out, numbers(), last, summary == null ? "" : marks(summary), style);
    }

    private static void writeText(Output out, String numbers, String last, String marks, Style style)
            throws IOException {
        // The marks are more important than the middle of a long name.
        int room = Math.max(WIDTH - NUMBERS_WIDTH - 2 - marks.length(), 12);
        out.line(numbers + "  " + ShortNumber.fit(last, room), marks.isEmpty() ? "" : style.bad(marks));
    }

    /** Returns the line for a tensor that a checkpoint does not have. */
    static String missing(String last) {
        return String.format(Locale.ROOT, "%5s" + NUMBERS + "  %s", "-", "", "", "", "", "", last);
    }

    private String numbers() {
        String count = ShortNumber.si(info.shape().elements());
        if (summary == null) {
            String text = lengths == null
                    ? DataType.enumName(info.dtypeNumber())
                    : "strings of " + lengths.min() + " to " + lengths.max() + " bytes, "
                            + ShortNumber.si(lengths.total()) + " in all";
            return String.format(Locale.ROOT, "%5s %-54s", count, text);
        }
        return line(count, summary, quantiles == null ? null : quantiles[MEDIAN]);
    }

    private static String line(String count, Summary summary, @Nullable Double median) {
        return String.format(
                Locale.ROOT,
                "%5s" + NUMBERS,
                count,
                ShortNumber.of(summary.min()),
                ShortNumber.of(median),
                ShortNumber.of(summary.max()),
                ShortNumber.of(boxed(summary.mean())),
                ShortNumber.of(boxed(summary.standardDeviation())));
    }

    private static @Nullable Double boxed(java.util.OptionalDouble number) {
        return number.isPresent() ? number.getAsDouble() : null;
    }

    /** Writes the line of a scope. */
    static void writeScope(Output out, String scope, Summary summary, Style style) throws IOException {
        writeText(out, line(ShortNumber.si(summary.elements()), summary, null), scope, marks(summary), style);
    }

    /** Names what is suspicious; empty if nothing is. */
    private static String marks(Summary summary) {
        List<String> marks = new ArrayList<>();
        if (summary.nan() > 0) {
            marks.add(ShortNumber.si(summary.nan()) + " NaN");
        }
        if (summary.infinite() > 0) {
            marks.add(ShortNumber.si(summary.infinite()) + " inf");
        }
        if (summary.elements() > 1 && summary.zeros() == summary.elements()) {
            marks.add("all zero");
        } else if (summary.elements() > 1 && summary.isConstant()) {
            marks.add("constant");
        }
        return marks.isEmpty() ? "" : "  ! " + String.join(", ", marks);
    }

    /** Writes the fields of a tensor. */
    void writeJson(JsonOutput out) throws IOException {
        out.text("name", info.name());
        out.text("dtype", DataType.enumName(info.dtypeNumber()));
        out.shape("shape", info.shape());
        out.number("elements", info.shape().elements());
        if (summary != null) {
            writeJson(out, summary);
            writeQuantiles(out);
        } else if (info.dtype() == DataType.DT_STRING) {
            out.number("min_length", lengths == null ? null : (Long) lengths.min());
            out.number("max_length", lengths == null ? null : (Long) lengths.max());
            out.number("total_length", lengths == null ? 0 : lengths.total());
        }
    }

    static void writeJson(JsonOutput out, Summary summary) throws IOException {
        out.number("nan", summary.nan());
        out.number("inf", summary.infinite());
        out.number("neg_inf", summary.negativeInfinite());
        out.number("zeros", summary.zeros());
        out.number("min", summary.min());
        out.number("max", summary.max());
        out.number("mean", boxed(summary.mean()));
        out.number("std", boxed(summary.standardDeviation()));
        out.number("norm", summary.norm());
    }

    private void writeQuantiles(JsonOutput out) throws IOException {
        double[] values = quantiles;
        if (values == null) {
            out.number("quantiles", null);
            return;
        }
        out.object("quantiles", () -> {
            for (int i = 0; i < PROBABILITIES.length; i++) {
                out.number(String.valueOf(PROBABILITIES[i]), values[i]);
            }
        });
    }
}
