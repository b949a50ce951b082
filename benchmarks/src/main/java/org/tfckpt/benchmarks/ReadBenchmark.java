package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
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
import org.tfckpt.ReadOptions;
import org.tfckpt.tensor.TensorInfo;

/**
 * Reads and checks a whole checkpoint, with the file in the page cache and its mapping warm. The ceilings are the JDK's
 * {@code CRC32C} of one warm mapping of the same file, and a copy in memory.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReadBenchmark {
    @Param({"FEW_LARGE", "MANY_SMALL", "MIXED"})
    public Data data;

    private Fixture fixture;
    private MappedByteBuffer mapping;
    private Checkpoint checkpoint;
    private Checkpoint unmapped;

    @Setup(Level.Trial)
    public void make() throws IOException {
        fixture = data.fixture();
        try (FileChannel channel = FileChannel.open(fixture.data())) {
            mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
        checkpoint = Checkpoint.open(fixture.prefix());
        unmapped = Checkpoint.open(fixture.prefix(), ReadOptions.DEFAULT.withoutMapping());
    }

    @TearDown(Level.Trial)
    public void remove() throws IOException {
        checkpoint.close();
        unmapped.close();
        fixture.close();
    }

    /** Memory as large as the file, for the benchmark that copies. */
    @State(Scope.Benchmark)
    public static class Target {
        private ByteBuffer buffer;

        @Setup(Level.Trial)
        public void make(ReadBenchmark benchmark) {
            buffer = ByteBuffer.allocateDirect(benchmark.mapping.capacity());
        }
    }

    /** A ceiling. */
    @Benchmark
    public long crc32cOfOneMapping() {
        CRC32C crc = new CRC32C();
        crc.update(mapping.duplicate());
        return crc.getValue();
    }

    /** A ceiling. */
    @Benchmark
    public ByteBuffer memoryCopyOfOneMapping(Target target) {
        return target.buffer.clear().put(mapping.duplicate());
    }

    @Benchmark
    public long readAndCheckMapped() throws IOException {
        return readAll(checkpoint);
    }

    /** Like {@link #readAndCheckMapped}, but opens the checkpoint each time, as TensorFlow's restore does. */
    @Benchmark
    public long openReadAndCheckMapped() throws IOException {
        try (Checkpoint anew = Checkpoint.open(fixture.prefix())) {
            return readAll(anew);
        }
    }

    @Benchmark
    public long readAndCheckThroughTheChannel() throws IOException {
        return readAll(unmapped);
    }

    private static long readAll(Checkpoint checkpoint) throws IOException {
        long bytes = 0;
        for (Iterator<TensorInfo> all = checkpoint.tensors().iterator(); all.hasNext(); ) {
            bytes += checkpoint.tensor(all.next()).asFloatBuffer().remaining();
        }
        return bytes;
    }

    @Benchmark
    public long verifyMapped() throws IOException {
        return checkpoint.verify(problem -> {}).bytes();
    }

    /** Verifies as the tool does. */
    @Benchmark
    public long verifyThroughTheChannel() throws IOException {
        return unmapped.verify(problem -> {}).bytes();
    }
}
