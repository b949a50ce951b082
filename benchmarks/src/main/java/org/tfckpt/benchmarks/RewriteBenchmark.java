package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.ValueSource;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Shape;

/**
 * Rewrites a checkpoint. Renaming links the data; the other benchmarks write it and wait for the disk. {@code cp} of the
 * same file, with and without {@code sync}, is measured for comparison.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 6)
@Fork(1)
@State(Scope.Benchmark)
public class RewriteBenchmark {
    private static final int TENSORS = 330;

    @Param({"4", "1024", "4096"})
    private int mebibytes;

    @Param("DISK")
    private Place place;

    /** The location of the new checkpoint. */
    public enum Place {
        /** The directory of the old checkpoint. */
        DISK,
        /** Linux's file system in memory, where there is no disk to wait for. The old checkpoint is in the page cache. */
        MEMORY
    }

    private Fixture fixture;
    private Path directory;
    private ByteBuffer values;

    /** Writes the source. */
    @Setup
    public void makeSource() throws IOException {
        int bytes = (int) (((long) mebibytes << 20) / TENSORS) & -Float.BYTES;
        fixture = Fixture.of(TENSORS, bytes);
        Path parent = place == Place.DISK ? fixture.prefix().getParent() : Path.of("/dev/shm");
        directory = Files.createTempDirectory(parent, "new");
        values = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Deletes the last result; not measured. */
    @TearDown(Level.Iteration)
    public void deleteTarget() throws IOException, InterruptedException {
        for (Path file : files()) {
            Files.delete(file);
        }
        // Otherwise the next invocation would wait for the blocks of this one.
        run("sync");
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Deletes the source. */
    @TearDown
    public void deleteSource() throws IOException {
        Files.delete(directory);
        fixture.close();
    }

    private void rewrite(java.util.function.UnaryOperator<Rewrite.Builder> options) throws IOException {
        try (Checkpoint source = Checkpoint.open(fixture.prefix())) {
            options.apply(Rewrite.of(source)).build().run(directory.resolve("ckpt"));
        }
    }

    static void run(String... command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private String copy() {
        return directory.resolve("copy").toString();
    }

    /** Renames the tensors: links one file and writes one index. */
    @Benchmark
    public void rename() throws IOException {
        rewrite(rewrite -> rewrite.rename(NameMapping.sed("s#^model/#other/#")));
    }

    /** Copies the data file unchanged. */
    @Benchmark
    public void copyWhole() throws IOException {
        rewrite(rewrite -> rewrite.linking(Linking.NEVER));
    }

    /** Drops one tensor; the others are copied and compared with their checksums. */
    @Benchmark
    public void copyAllButOne() throws IOException {
        rewrite(rewrite -> rewrite.exclude(List.of(NamePattern.of(Fixture.name(7)))));
    }

    /** Copies the tensors to four data files. */
    @Benchmark
    public void reshard() throws IOException {
        rewrite(rewrite -> rewrite.sharding(Sharding.ofCount(4)));
    }

    /** Writes as many bytes from memory. */
    @Benchmark
    public void writeFromMemory() throws IOException {
        try (CheckpointWriter out = CheckpointWriter.open(directory.resolve("ckpt"))) {
            for (int i = 0; i < TENSORS; i++) {
                out.add(
                        Fixture.name(i),
                        Shape.of(values.capacity() / Float.BYTES),
                        ValueSource.of(DataType.DT_FLOAT, values));
            }
            out.finish();
        }
    }

    /** The comparison, which does not wait for the disk. */
    @Benchmark
    public void cp() throws IOException, InterruptedException {
        run("cp", fixture.data().toString(), copy());
    }

    /** The comparison, which waits for the disk as we do. */
    @Benchmark
    public void cpAndSync() throws IOException, InterruptedException {
        run("cp", fixture.data().toString(), copy());
        run("sync", copy());
    }
}
