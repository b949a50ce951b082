package org.tfckpt.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Benchmarks that run one after the other.
 *
 * @param section the title of their section
 * @param pace the iterations of each
 * @param params values that replace the parameters of the benchmarks
 * @param includes regular expressions of classes and methods; one without a match is ignored
 */
record Group(String section, Pace pace, Map<String, List<String>> params, List<String> includes) {
    /**
     * The iterations of a benchmark.
     *
     * @param rounds the number of rounds. In each round every benchmark of the group runs once, in a new JVM, so that a
     *     slow phase of the machine or a slow JVM affects all of them
     * @param warmups the number of iterations that are not counted
     * @param iterations the number of iterations that are counted
     * @param millis the duration of an iteration, which is at least one operation
     */
    record Pace(int rounds, int warmups, int iterations, int millis) {}

    /** For targets close to 1. */
    static final Pace STEADY = new Pace(4, 2, 3, 600);

    /** For operations of microseconds. */
    static final Pace QUICKER = new Pace(3, 2, 3, 400);

    static final Pace BRIEF = new Pace(1, 3, 5, 400);
    /** For operations of a second or more. */
    static final Pace LONG = new Pace(1, 1, 3, 400);

    /** For single shots of milliseconds. */
    static final Pace SHOTS = new Pace(1, 5, 9, 100);

    /** For single shots of a second. */
    static final Pace TURNS = new Pace(2, 1, 3, 400);

    private static final String FORMATS = "safetensors and npz";
    private static final String FORMS = "Other forms";
    private static final String INDEX = "Open, look up, list";
    private static final String READ = "Read and check everything";
    private static final String REWRITE = "Write and rewrite";
    private static final String VALUES = "Statistics, differences, averages";
    private static final String REST = "Verify, compare, Snappy";

    /** All benchmarks. */
    static final List<Group> FULL = List.of(
            of(READ, STEADY, "data=FEW_LARGE", "ReadBenchmark.(crc32c|readAndCheckM|openRead|verifyM).*"),
            of(READ, BRIEF, "data=FEW_LARGE", "ReadBenchmark.(memory|.*Channel).*"),
            of(READ, LONG, "data=FEW_LARGE threads=1,2", "TensorFlowRestoreBenchmark"),
            of(READ, BRIEF, "data=MANY_SMALL,MIXED", "ReadBenchmark"),
            of(READ, LONG, "data=MANY_SMALL,MIXED threads=1,2", "TensorFlowRestoreBenchmark"),
            of(INDEX, QUICKER, "tensors=100,20000,1000000", "LookupBenchmark"),
            of(INDEX, BRIEF, "tensors=100,20000,1000000", "TensorFlowOneBenchmark.restore.*"),
            of(INDEX, BRIEF, "tensors=20000,1000000", "ListBenchmark"),
            of(INDEX, LONG, "tensors=20000,1000000", "TensorFlowOneBenchmark.reader.*"),
            of(FORMS, BRIEF, "", "RowsBenchmark", "FormBenchmark"),
            of(FORMS, LONG, "", "TensorFlowRowsBenchmark"),
            of(FORMS, LONG, "data=PARTITIONED,V1,STRINGS,HALF,BFLOAT16 threads=1", "TensorFlowRestoreBenchmark"),
            of(REWRITE, SHOTS, "place=DISK mebibytes=4,4096", "RewriteBenchmark.rename"),
            of(REWRITE, LONG, "mebibytes=4096", "TensorFlowSaveBenchmark"),
            of(REWRITE, TURNS, "place=DISK mebibytes=1024", "RewriteBenchmark.(c|resh|wr).*"),
            of(REWRITE, TURNS, "place=MEMORY mebibytes=1024", "RewriteBenchmark.(copy.*|cp)"),
            of(FORMATS, TURNS, "mebibytes=1024", "ConvertBenchmark"),
            of(FORMATS, QUICKER, "", "SafetensorsBenchmark"),
            of(FORMATS, QUICKER, "", "TransposeBenchmark"),
            of(VALUES, BRIEF, "dtype=DT_FLOAT threads=1,2", "ValuesBenchmark.(crc32c|stats|diff).*"),
            of(VALUES, LONG, "dtype=DT_FLOAT threads=1", "ValuesBenchmark.numpy"),
            of(VALUES, BRIEF, "dtype=DT_DOUBLE,DT_HALF,DT_INT32 threads=1", "ValuesBenchmark.(crc32c|stats|diff).*"),
            of(VALUES, SHOTS, "", "AverageBenchmark"),
            of(REST, BRIEF, "tensors=330 threads=1,2", "VerifyBenchmark"),
            of(REST, BRIEF, "", "SnappyBenchmark"),
            of(REST, LONG, "", "CompareBenchmark"));

    /** The most important benchmarks. */
    static final List<Group> QUICK = List.of(
            of(READ, BRIEF, "data=FEW_LARGE", "ReadBenchmark.(crc32c|readAndCheckM|openRead).*"),
            of(READ, LONG, "data=FEW_LARGE threads=1", "TensorFlowRestoreBenchmark"),
            of(INDEX, BRIEF, "tensors=100,1000000", "LookupBenchmark.openAndReadFirst"),
            of(INDEX, BRIEF, "tensors=100,1000000", "TensorFlowOneBenchmark.restoreFirst"),
            of(INDEX, BRIEF, "tensors=1000000", "ListBenchmark"),
            of(INDEX, LONG, "tensors=1000000", "TensorFlowOneBenchmark.readerOpenAndList"));

    /** Creates a group with parameters as {@code name=value,value name=value}. */
    private static Group of(String section, Pace pace, String params, String... includes) {
        Map<String, List<String>> parsed = new TreeMap<>();
        for (String param : params.isEmpty() ? new String[0] : params.split(" ")) {
            int equals = param.indexOf('=');
            parsed.put(
                    param.substring(0, equals),
                    List.of(param.substring(equals + 1).split(",")));
        }
        return new Group(section, pace, parsed, List.of(includes));
    }

    /** Returns whether only TensorFlow is measured, so that the JDK does not matter. */
    boolean isNative() {
        return includes.stream().allMatch(name -> name.startsWith("TensorFlow"));
    }
}
