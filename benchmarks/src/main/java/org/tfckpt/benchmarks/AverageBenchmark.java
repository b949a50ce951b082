package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.edit.Average;
import org.tfckpt.edit.RewriteProgress;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * Averages five checkpoints in memory, which includes the verification of the result. The scale is to read and check all of
 * them, and to copy one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx64m")
@Warmup(iterations = 2)
@Measurement(iterations = 5)
public class AverageBenchmark {
    private static final int INPUTS = 5;

    @Param("1024")
    public int mebibytes;

    @Param({"1", "2"})
    public int threads;

    private ExecutorService pool;
    private Path directory;
    private Path target;
    private final List<Checkpoint> inputs = new ArrayList<>();

    @Setup(Level.Trial)
    public void make() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "tfckpt-benchmark");
        target = directory.resolve("new.ckpt");
        pool = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < INPUTS; i++) {
            Path prefix = directory.resolve("model.ckpt-" + i);
            ByteBuffer content = ValuesBenchmark.part(DataType.DT_FLOAT, i);
            try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
                for (int tensor = 0; tensor < mebibytes / 4; tensor++) {
                    Shape shape = Shape.of(content.remaining() / Float.BYTES);
                    out.add(Fixture.name(tensor), shape, ValueSource.of(DataType.DT_FLOAT, content));
                }
                out.finish();
            }
            inputs.add(Checkpoint.open(prefix));
        }
    }

    @TearDown(Level.Trial)
    public void remove() throws IOException {
        pool.shutdownNow();
        for (Checkpoint input : inputs) {
            input.close();
        }
        Folders.delete(directory);
    }

    @TearDown(Level.Invocation)
    public void removeTarget() throws IOException {
        Files.deleteIfExists(target.resolveSibling("new.ckpt.index"));
        Files.deleteIfExists(target.resolveSibling("new.ckpt.data-00000-of-00001"));
    }

    @Benchmark
    public Object average() throws IOException {
        return Average.of(inputs)
                .threads(pool, threads)
                .build()
                .run(target, false, RewriteProgress.NONE, warning -> {});
    }

    @Benchmark
    public long readFiveAndWriteOne() throws IOException {
        long bytes = 0;
        for (Checkpoint input : inputs) {
            for (Iterator<TensorInfo> all = input.tensorIterator(); all.hasNext(); ) {
                bytes += input.tensor(all.next()).asByteBuffer().remaining();
            }
        }
        Checkpoint first = inputs.get(0);
        try (CheckpointWriter out = CheckpointWriter.open(target)) {
            for (Iterator<TensorInfo> all = first.tensorIterator(); all.hasNext(); ) {
                TensorInfo info = all.next();
                out.copy(first, info, info.name());
            }
            out.finish();
        }
        return bytes;
    }
}
