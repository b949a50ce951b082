package org.tfckpt.benchmarks;

import java.io.IOException;
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
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.TensorSlice;

/**
 * Reads 256 of the 1,000,000 rows of an embedding, whole or partitioned (then the rows are in two slices). A checksum
 * covers a whole tensor or slice, so the first read includes one pass over it; a second read of the same tensor does not.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RowsBenchmark {
    static final String ROWS = Data.ROWS / 2 - 128 + ",256:-";

    @Param({"EMBEDDING", "PARTITIONED"})
    public Data data;

    private final TensorSlice rows = TensorSlice.parse(ROWS);
    private Fixture fixture;
    private Checkpoint checkpoint;
    private Tensor tensor;

    @Setup
    public void make() throws IOException {
        fixture = data.fixture();
        checkpoint = Checkpoint.open(fixture.prefix());
        tensor = checkpoint.tensor(Data.NAME);
    }

    @TearDown
    public void remove() throws IOException {
        checkpoint.close();
        fixture.close();
    }

    @Benchmark
    public float firstLook() throws IOException {
        try (Checkpoint anew = Checkpoint.open(fixture.prefix())) {
            return anew.tensor(Data.NAME).slice(rows).asFloatBuffer().get(1);
        }
    }

    @Benchmark
    public float secondLook() throws IOException {
        return tensor.slice(rows).asFloatBuffer().get(1);
    }
}
