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
 * A new checkpoint of an old one. A rename links the data, whatever its size; the others write it, and have the disk take
 * it, beside {@code cp} of the same file without and with {@code sync} of the copy.
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

    /** Where the new checkpoint is. */
    public enum Place {
        /** Beside the old one. */
        DISK,
        /** In Linux's file system in memory: what it takes without a disk to wait for. The old one is in the page cache. */
        MEMORY
    }

    private Fixture fixture;
    private Path directory;
    private ByteBuffer values;

    /** Makes the source. */
    @Setup
    public void makeSource() throws IOException {
        int bytes = (int) (((long) mebibytes << 20) / TENSORS) & -Float.BYTES;
        fixture = Fixture.of(TENSORS, bytes);
        Path parent = place == Place.DISK ? fixture.prefix().getParent() : Path.of("/dev/shm");
        directory = Files.createTempDirectory(parent, "new");
        values = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Takes away what the last one wrote; not while it is measured. */
    @TearDown(Level.Iteration)
    public void deleteTarget() throws IOException, InterruptedException {
        for (Path file : files()) {
            Files.delete(file);
        }
        // The next one shall not wait for this one's blocks.
        run("sync");
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Takes away the source. */
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

    private static void run(String... command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private String copy() {
        return directory.resolve("copy").toString();
    }

    /** Other names: one file is linked, one index written. */
    @Benchmark
    public void rename() throws IOException {
        rewrite(rewrite -> rewrite.rename(NameMapping.sed("s#^model/#other/#")));
    }

    /** The data file as it is, copied. */
    @Benchmark
    public void copyWhole() throws IOException {
        rewrite(rewrite -> rewrite.linking(Linking.NEVER));
    }

    /** One tensor less: each of the others is copied and compared with its checksum. */
    @Benchmark
    public void copyAllButOne() throws IOException {
        rewrite(rewrite -> rewrite.exclude(List.of(NamePattern.of(Fixture.name(7)))));
    }

    /** The same into four data files. */
    @Benchmark
    public void reshard() throws IOException {
        rewrite(rewrite -> rewrite.sharding(Sharding.ofCount(4)));
    }

    /** As many bytes out of memory. */
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

    /** The peer, which leaves the bytes to the operating system. */
    @Benchmark
    public void cp() throws IOException, InterruptedException {
        run("cp", fixture.data().toString(), copy());
    }

    /** The peer that the disk has taken everything from, as from us. */
    @Benchmark
    public void cpAndSync() throws IOException, InterruptedException {
        run("cp", fixture.data().toString(), copy());
        run("sync", copy());
    }
}
