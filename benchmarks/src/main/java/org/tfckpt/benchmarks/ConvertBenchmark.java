package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.tfckpt.FileFormat;
import org.tfckpt.Sharding;
import org.tfckpt.edit.Rewrite;

/**
 * Converts a checkpoint to other formats in a heap of 64 MB, and waits for the disk. {@code cp} and {@code sync} of its
 * data file is measured for comparison.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 6)
@Fork(value = 1, jvmArgsPrepend = "-Xmx64m")
@State(Scope.Benchmark)
public class ConvertBenchmark {
    private static final int TENSORS = 330;

    @Param("1024")
    private int mebibytes;

    private Fixture fixture;
    private Path directory;

    /** Writes the source. */
    @Setup
    public void makeSource() throws IOException {
        fixture = Fixture.of(TENSORS, (int) (((long) mebibytes << 20) / TENSORS) & -Float.BYTES);
        directory = Files.createTempDirectory(fixture.prefix().getParent(), "converted");
    }

    /** Deletes the last result; not measured. */
    @TearDown(Level.Iteration)
    public void deleteTarget() throws IOException, InterruptedException {
        Folders.empty(directory);
        // Otherwise the next invocation would wait for the blocks of this one.
        RewriteBenchmark.run("sync");
    }

    /** Deletes the source. */
    @TearDown
    public void deleteSource() throws IOException {
        Files.delete(directory);
        fixture.close();
    }

    private void convert(FileFormat format, int files) throws IOException {
        try (Checkpoint source = Checkpoint.open(fixture.prefix())) {
            Rewrite.Builder rewrite = Rewrite.of(source).format(format);
            if (files > 1) {
                rewrite.sharding(Sharding.ofCount(files));
            }
            rewrite.build().run(directory.resolve("model." + format));
        }
    }

    @Benchmark
    public void toSafetensors() throws IOException {
        convert(FileFormat.SAFETENSORS, 1);
    }

    @Benchmark
    public void toFourSafetensors() throws IOException {
        convert(FileFormat.SAFETENSORS, 4);
    }

    @Benchmark
    public void toNpz() throws IOException {
        convert(FileFormat.NPZ, 1);
    }

    /** The comparison. */
    @Benchmark
    public void cpAndSync() throws IOException, InterruptedException {
        String copy = directory.resolve("copy").toString();
        RewriteBenchmark.run("cp", fixture.data().toString(), copy);
        RewriteBenchmark.run("sync", copy);
    }
}
