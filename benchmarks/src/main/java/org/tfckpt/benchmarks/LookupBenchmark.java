package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
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

/**
 * Opens a checkpoint, and reads and checks the first tensor or one in the middle. The number of tensors should not
 * matter. The size of a block does, which is 256 KiB in TensorFlow's indexes: {@link #floorOfOneBlock} reads and checks
 * one block without any reader. Opening needs one block, for the header.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LookupBenchmark {
    @Param({"100", "100000", "1000000"})
    public int tensors;

    private final ByteBuffer block = ByteBuffer.allocateDirect(1 << 18);
    private Fixture fixture;
    private FileChannel index;
    private String first;
    private String middle;

    @Setup
    public void make() throws IOException {
        fixture = Fixture.of(tensors, 8);
        first = Fixture.name(0);
        middle = Fixture.name(tensors / 2);
        index = FileChannel.open(
                fixture.prefix().resolveSibling(fixture.prefix().getFileName() + ".index"));
    }

    @TearDown
    public void remove() throws IOException {
        index.close();
        fixture.close();
    }

    @Benchmark
    public long floorOfOneBlock() throws IOException {
        index.read(block.clear(), 0);
        CRC32C crc = new CRC32C();
        crc.update(block.flip());
        return crc.getValue();
    }

    @Benchmark
    public int open() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(fixture.prefix())) {
            return checkpoint.shardCount();
        }
    }

    @Benchmark
    public float openAndReadFirst() throws IOException {
        return openAndRead(first);
    }

    @Benchmark
    public float openAndReadMiddle() throws IOException {
        return openAndRead(middle);
    }

    private float openAndRead(String name) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(fixture.prefix())) {
            return checkpoint.tensor(name).asFloatBuffer().get(1);
        }
    }
}
