package org.tfckpt.benchmarks;

import java.util.List;
import java.util.Optional;

/**
 * A ratio that is promised, or worth to know.
 *
 * @param what the measured thing in words
 * @param ours its figure, see {@link Figure#is}
 * @param other in words
 * @param beside its figure
 * @param kind what the ratio is of
 * @param limit 0 if nothing is promised
 */
record Target(String what, String ours, String other, String beside, Kind kind, double limit) {
    enum Kind {
        /** The other's time by ours: at least the limit. */
        SPEED,
        /** Our time by the other's: at most the limit. */
        TIME
    }

    /**
     * How two figures compare.
     *
     * @param value of the medians
     * @param low the least that their spreads allow
     * @param high the most
     */
    record Ratio(double value, double low, double high) {}

    /** Nothing unless both were measured; a native peer is measured on one JDK only. */
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
