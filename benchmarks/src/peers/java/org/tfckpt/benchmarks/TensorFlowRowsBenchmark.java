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
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorSlice;

/** The counterpart of {@link RowsBenchmark}: reads the rows by TensorFlow's RestoreV2 with a slice. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class TensorFlowRowsBenchmark {
    @Param({"EMBEDDING", "PARTITIONED"})
    public Data data;

    private Fixture fixture;
    private TensorFlow tensorFlow;
    private TensorFlow.Restoring rows;

    @Setup
    public void make() throws IOException {
        fixture = data.fixture();
        tensorFlow = new TensorFlow();
        try (Checkpoint checkpoint = Checkpoint.open(fixture.prefix())) {
            Shape shape = checkpoint.tensor(Data.NAME).shape();
            String slice = new ShapeAndSlice(shape, TensorSlice.parse(RowsBenchmark.ROWS)).toString();
            rows = tensorFlow.restoring(
                    fixture.prefix(), List.of(new TensorFlow.Wanted(Data.NAME, slice, DataType.DT_FLOAT.number())));
        }
    }

    @TearDown
    public void remove() throws IOException {
        tensorFlow.close();
        fixture.close();
    }

    @Benchmark
    public int firstLook() {
        int restored = rows.run();
        rows.free();
        return restored;
    }
}
