package org.tfckpt.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.tfckpt.tensor.TensorInfo;

/** Reading and checking many small tensors, one after another as they are listed: what a tensor costs beside its bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ManyTensorsBenchmark {
    @Param("200000")
    public int tensors;

    private Fixture fixture;

    @Setup
    public void make() throws IOException {
        fixture = Fixture.of(tensors, 1024);
    }

    @TearDown
    public void remove() throws IOException {
        fixture.close();
    }

    @Benchmark
    public long readAndCheck() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(fixture.prefix())) {
            return checkpoint
                    .tensors()
                    .mapToLong(info -> read(checkpoint, info))
                    .sum();
        }
    }

    private static long read(Checkpoint checkpoint, TensorInfo info) {
        try {
            return checkpoint.tensor(info).asFloatBuffer().remaining();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
