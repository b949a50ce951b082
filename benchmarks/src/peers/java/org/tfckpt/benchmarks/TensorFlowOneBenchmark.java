package org.tfckpt.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tfckpt.tensor.DataType;

/**
 * The counterpart of {@link LookupBenchmark} and {@link ListBenchmark}. TensorFlow's reader reads the whole index first;
 * its restore operation opens the checkpoint and seeks.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class TensorFlowOneBenchmark {
    @Param({"100", "20000", "1000000"})
    public int tensors;

    private Fixture fixture;
    private TensorFlow tensorFlow;
    private TensorFlow.Restoring first;
    private TensorFlow.Restoring middle;

    @Setup
    public void make() throws IOException {
        fixture = Fixture.of(tensors, 8);
        tensorFlow = new TensorFlow();
        first = restoring(Fixture.name(0));
        middle = restoring(Fixture.name(tensors / 2));
    }

    private TensorFlow.Restoring restoring(String name) {
        return tensorFlow.restoring(
                fixture.prefix(), List.of(new TensorFlow.Wanted(name, "", DataType.DT_FLOAT.number())));
    }

    @TearDown
    public void remove() throws IOException {
        tensorFlow.close();
        fixture.close();
    }

    @Benchmark
    public int readerOpen() {
        try (TensorFlow.Reader reader = new TensorFlow.Reader(fixture.prefix())) {
            return reader.size();
        }
    }

    /** Includes four calls from Java into the library per tensor; {@link #readerOpen} does not. */
    @Benchmark
    public long readerOpenAndList() {
        try (TensorFlow.Reader reader = new TensorFlow.Reader(fixture.prefix())) {
            return reader.list();
        }
    }

    @Benchmark
    public long readerOpenAndReadFirst() {
        try (TensorFlow.Reader reader = new TensorFlow.Reader(fixture.prefix())) {
            return reader.read(Fixture.name(0));
        }
    }

    @Benchmark
    public int restoreFirst() {
        int restored = first.run();
        first.free();
        return restored;
    }

    @Benchmark
    public int restoreMiddle() {
        int restored = middle.run();
        middle.free();
        return restored;
    }
}
