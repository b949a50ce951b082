package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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

/** Renames tensors with TensorFlow: restores everything and saves it under other names. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 2)
public class TensorFlowSaveBenchmark {
    private static final int TENSORS = 330;

    @Param("4096")
    public int mebibytes;

    private Fixture fixture;
    private TensorFlow tensorFlow;
    private List<TensorFlow.Wanted> renamed;
    private TensorFlow.Restoring all;
    private Path directory;

    @Setup
    public void make() throws IOException {
        fixture = Fixture.of(TENSORS, (int) (((long) mebibytes << 20) / TENSORS) & -Float.BYTES);
        tensorFlow = new TensorFlow();
        all = tensorFlow.restoring(fixture.prefix(), names(""));
        renamed = names("renamed/");
        directory = Files.createTempDirectory("tfckpt-benchmark");
    }

    private List<TensorFlow.Wanted> names(String scope) {
        return IntStream.range(0, TENSORS)
                .mapToObj(i -> new TensorFlow.Wanted(scope + Fixture.name(i), "", DataType.DT_FLOAT.number()))
                .toList();
    }

    @TearDown
    public void remove() throws IOException {
        tensorFlow.close();
        fixture.close();
    }

    @TearDown(Level.Iteration)
    public void removeCopy() throws IOException {
        all.free();
        Folders.delete(directory);
    }

    @Benchmark
    public void loadAndSave() {
        all.run();
        all.save(directory.resolve("model.ckpt-1"), renamed);
    }
}
