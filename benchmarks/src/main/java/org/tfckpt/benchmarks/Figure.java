package org.tfckpt.benchmarks;

import java.util.List;
import java.util.TreeSet;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;

/**
 * The result of a benchmark on one JDK. Times are in seconds.
 *
 * @param name class, method and parameters, such as {@code ReadBenchmark.verifyMapped data=MIXED}
 * @param jdk the version of the JDK
 * @param median the median of the iterations
 * @param low the first quartile
 * @param high the third quartile
 * @param allocated the bytes of heap allocated per operation, or NaN if not measured
 */
record Figure(String name, String jdk, double median, double low, double high, double allocated) {
    /** Combines all rounds of one benchmark. */
    static Figure of(List<RunResult> rounds) {
        BenchmarkParams params = rounds.get(0).getParams();
        ListStatistics times = new ListStatistics();
        ListStatistics allocated = new ListStatistics();
        for (RunResult round : rounds) {
            round.getPrimaryResult()
                    .getStatistics()
                    .getRawData()
                    .forEachRemaining(time -> times.addValue(time.getKey()));
            Result<?> heap = round.getSecondaryResults().get("gc.alloc.rate.norm");
            allocated.addValue(heap == null ? Double.NaN : heap.getScore());
        }
        return of(
                name(params),
                params.getJdkVersion(),
                times,
                params.getTimeUnit().toNanos(1) / 1e9,
                allocated.getPercentile(50));
    }

    /** Returns the name of the figure of a benchmark. */
    static String name(BenchmarkParams params) {
        String method = params.getBenchmark();
        StringBuilder name =
                new StringBuilder(method.substring(method.lastIndexOf('.', method.lastIndexOf('.') - 1) + 1));
        for (String key : new TreeSet<>(params.getParamsKeys())) {
            name.append(' ').append(key).append('=').append(params.getParam(key));
        }
        return name.toString();
    }

    /** Creates a figure from the times of single runs, in seconds. */
    static Figure of(String name, String jdk, double... runs) {
        return of(name, jdk, new ListStatistics(runs), 1, Double.NaN);
    }

    private static Figure of(String name, String jdk, Statistics times, double unit, double allocated) {
        return new Figure(
                name,
                jdk,
                times.getPercentile(50) * unit,
                times.getPercentile(25) * unit,
                times.getPercentile(75) * unit,
                allocated);
    }

    /** Returns whether this figure has the given class, method and parameters. */
    boolean is(String wanted) {
        List<String> words = List.of(name.split(" "));
        String[] asked = wanted.split(" ");
        return words.get(0).equals(asked[0]) && words.containsAll(List.of(asked));
    }
}
