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
import org.tfckpt.values.CheckpointDiff;
import org.tfckpt.values.DiffDepth;

/** Opens a checkpoint and lists all tensors with dtype and shape. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ListBenchmark {
    @Param({"100000", "1000000"})
    public int tensors;

    private Fixture fixture;

    @Setup
    public void make() throws IOException {
        fixture = Fixture.of(tensors, 8);
    }

    @TearDown
    public void remove() throws IOException {
        fixture.close();
    }

    @Benchmark
    public long list() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(fixture.prefix())) {
            return checkpoint
                    .tensors()
                    .mapToLong(info -> info.shape().elements() + info.dtypeNumber())
                    .sum();
        }
    }

    /** Opens two indexes and compares names, dtypes, shapes and checksums, all of which are equal. */
    @Benchmark
    public long diffChecksums() throws IOException {
        try (Checkpoint a = Checkpoint.open(fixture.prefix());
                Checkpoint b = Checkpoint.open(fixture.prefix())) {
            return CheckpointDiff.DEFAULT
                    .with(DiffDepth.CHECKSUMS)
                    .compare(a, b)
                    .same();
        }
    }
}
