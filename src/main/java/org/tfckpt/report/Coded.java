package org.tfckpt.report;

import org.jspecify.annotations.Nullable;
import org.tfckpt.values.Histogram;
import org.tfckpt.values.ReducedMatrix;

/** Histograms and heat maps as short strings. Each character stands for six bits. */
final class Coded {
    static final int BINS = 48;

    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    /** Two characters hold the logarithm of a count to this base, plus 1: counts up to 90 are exact, others to 0.6 %. */
    private static final double BASE = Math.pow(2, 63.0 / 4000);

    private static final int NOT_FINITE = 63;

    /** A reduced matrix: one character per cell, from {@code -limit} to {@code limit}. */
    record HeatMap(int rows, int columns, double limit, String cells) {}

    private Coded() {}

    /** Returns the counts of bins of equal widths from the smallest to the largest value; null if these are equal. */
    static @Nullable String histogram(Histogram histogram) {
        double low = histogram.quantile(0) / 2;
        double high = histogram.quantile(1) / 2;
        if (low == high) {
            return null;
        }
        long[] bins = new long[BINS];
        for (int i = 0; i < histogram.size(); i++) {
            double middle = histogram.low(i) / 4 + histogram.high(i) / 4;
            double position = (middle - low) / (high - low) * BINS;
            bins[(int) Math.max(0, Math.min(BINS - 1, position))] += histogram.count(i);
        }
        StringBuilder text = new StringBuilder();
        for (long count : bins) {
            long code = count == 0 ? 0 : Math.round(Math.log((double) count) / Math.log(BASE)) + 1;
            text.append(DIGITS.charAt((int) (code >> 6))).append(DIGITS.charAt((int) (code & 63)));
        }
        return text.toString();
    }

    /** Returns a matrix with one character per cell: 0 to 62 for values from −limit to limit. */
    static HeatMap heatMap(ReducedMatrix matrix) {
        double limit = 0;
        for (int i = 0; i < matrix.rows(); i++) {
            for (int j = 0; j < matrix.columns(); j++) {
                double mean = Math.abs(matrix.mean(i, j));
                limit = mean > limit ? mean : limit;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < matrix.rows(); i++) {
            for (int j = 0; j < matrix.columns(); j++) {
                double share = limit == 0 ? matrix.mean(i, j) : matrix.mean(i, j) / limit;
                text.append(DIGITS.charAt(
                        Double.isNaN(share) ? NOT_FINITE : (int) Math.round((share + 1) / 2 * (NOT_FINITE - 1))));
            }
        }
        return new HeatMap(matrix.rows(), matrix.columns(), limit, text.toString());
    }
}
