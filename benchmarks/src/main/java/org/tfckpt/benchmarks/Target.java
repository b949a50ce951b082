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

    /** In the order of the table. */
    static final List<Target> ALL = List.of(
            speed(
                    "read and check 2 GiB in 660 tensors, one thread",
                    "ReadBenchmark.readAndCheckMapped data=FEW_LARGE",
                    "the ceiling, `CRC32C` over one warm mapping",
                    "ReadBenchmark.crc32cOfOneMapping data=FEW_LARGE",
                    0.9),
            speed(
                    "the same, opened anew",
                    "ReadBenchmark.openReadAndCheckMapped data=FEW_LARGE",
                    "TensorFlow's restore of all tensors, one thread",
                    "TensorFlowRestoreBenchmark.restore data=FEW_LARGE threads=1",
                    6),
            speed(
                    "the same, opened anew",
                    "ReadBenchmark.openReadAndCheckMapped data=FEW_LARGE",
                    "TensorFlow's restore, two threads",
                    "TensorFlowRestoreBenchmark.restore data=FEW_LARGE threads=2",
                    0),
            speed(
                    "open, read and check 200,000 tensors of 1 KiB",
                    "ReadBenchmark.openReadAndCheckMapped data=MANY_SMALL",
                    "TensorFlow's restore of all tensors, one thread",
                    "TensorFlowRestoreBenchmark.restore data=MANY_SMALL threads=1",
                    6),
            time(
                    "open, read the first of 1,000,000 tensors",
                    "LookupBenchmark.openAndReadFirst tensors=1000000",
                    "of 100",
                    "LookupBenchmark.openAndReadFirst tensors=100",
                    1.5),
            speed(
                    "open, read the first of 100 tensors",
                    "LookupBenchmark.openAndReadFirst tensors=100",
                    "TensorFlow's restore of that one",
                    "TensorFlowOneBenchmark.restoreFirst tensors=100",
                    1),
            speed(
                    "open, read the first of 1,000,000 tensors",
                    "LookupBenchmark.openAndReadFirst tensors=1000000",
                    "TensorFlow's restore of that one",
                    "TensorFlowOneBenchmark.restoreFirst tensors=1000000",
                    1),
            speed(
                    "open, read the first of 1,000,000 tensors",
                    "LookupBenchmark.openAndReadFirst tensors=1000000",
                    "TensorFlow's checkpoint reader",
                    "TensorFlowOneBenchmark.readerOpenAndReadFirst tensors=1000000",
                    0),
            speed(
                    "list 1,000,000 tensors with dtype and shape",
                    "ManyTensorsBenchmark.list tensors=1000000",
                    "TensorFlow's checkpoint reader",
                    "TensorFlowOneBenchmark.readerOpenAndList tensors=1000000",
                    5),
            speed(
                    "list 1,000,000 tensors with dtype and shape",
                    "ManyTensorsBenchmark.list tensors=1000000",
                    "the same reader only opened, which takes in the list",
                    "TensorFlowOneBenchmark.readerOpen tensors=1000000",
                    0),
            speed(
                    "256 rows of an embedding of 512 MB, the tensor checked meanwhile",
                    "RowsBenchmark.firstLook data=EMBEDDING",
                    "TensorFlow's restore of that slice",
                    "TensorFlowRowsBenchmark.firstLook data=EMBEDDING",
                    0),
            time(
                    "`ls` of 200 tensors, the whole process",
                    "Process.ls",
                    "a JVM that says hello",
                    "Process.hello",
                    2.5));

    private static Target speed(String what, String ours, String other, String beside, double limit) {
        return new Target(what, ours, other, beside, Kind.SPEED, limit);
    }

    private static Target time(String what, String ours, String other, String beside, double limit) {
        return new Target(what, ours, other, beside, Kind.TIME, limit);
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
