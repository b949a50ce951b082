package org.tfckpt.benchmarks;

import java.util.List;
import java.util.TreeSet;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;

/**
 * What one thing took on one JDK.
 *
 * @param name class and method, and the parameters, as {@code ReadBenchmark.verifyMapped data=MIXED}
 * @param jdk its version
 * @param median of the iterations, in seconds, as the others
 * @param low what a quarter of them did not reach
 * @param high what a quarter of them passed
 * @param allocated bytes of heap an operation; not a number where that was not measured
 */
record Figure(String name, String jdk, double median, double low, double high, double allocated) {
    /** Of all rounds of one benchmark together. */
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

    /** What its figure is called. */
    static String name(BenchmarkParams params) {
        String method = params.getBenchmark();
        StringBuilder name =
                new StringBuilder(method.substring(method.lastIndexOf('.', method.lastIndexOf('.') - 1) + 1));
        for (String key : new TreeSet<>(params.getParamsKeys())) {
            name.append(' ').append(key).append('=').append(params.getParam(key));
        }
        return name.toString();
    }

    /** Of single runs, in seconds. */
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

    /** Whether this is what somebody looks for: its class and method, and each of the parameters that are given. */
    boolean is(String wanted) {
        List<String> words = List.of(name.split(" "));
        String[] asked = wanted.split(" ");
        return words.get(0).equals(asked[0]) && words.containsAll(List.of(asked));
    }
}
