package org.tfckpt.benchmarks;

import java.util.List;
import java.util.Optional;

/**
 * A ratio of two figures, with its target if there is one.
 *
 * @param what a description of our figure
 * @param ours our figure, see {@link Figure#is}
 * @param other a description of the other figure
 * @param beside the other figure
 * @param kind the kind of ratio
 * @param limit the target, or 0 for none
 */
record Target(String what, String ours, String other, String beside, Kind kind, double limit) {
    enum Kind {
        /** The other's time divided by ours: at least the limit. */
        SPEED,
        /** Our time divided by the other's: at most the limit. */
        TIME
    }

    /**
     * A ratio of two figures.
     *
     * @param value the ratio of the medians
     * @param low the smallest ratio within their spreads
     * @param high the largest ratio within their spreads
     */
    record Ratio(double value, double low, double high) {}

    /** Returns the ratio, or empty if a figure was not measured. TensorFlow is measured on one JDK only. */
    Optional<Ratio> on(String jdk, List<Figure> figures) {
        Optional<Figure> mine = find(figures, ours, jdk);
        Optional<Figure> its = find(figures, beside, jdk);
        if (its.isEmpty() && beside.startsWith("TensorFlow")) {
            its = figures.stream().filter(figure -> figure.is(beside)).findFirst();
        }
        if (mine.isEmpty() || its.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(kind == Kind.SPEED ? ratio(its.get(), mine.get()) : ratio(mine.get(), its.get()));
    }

    private static Optional<Figure> find(List<Figure> figures, String wanted, String jdk) {
        return figures.stream()
                .filter(figure -> figure.jdk().equals(jdk) && figure.is(wanted))
                .findFirst();
    }

    private static Ratio ratio(Figure above, Figure below) {
        return new Ratio(above.median() / below.median(), above.low() / below.high(), above.high() / below.low());
    }

    boolean isMetBy(Ratio ratio) {
        return kind == Kind.SPEED ? ratio.value() >= limit : ratio.value() <= limit;
    }
}
