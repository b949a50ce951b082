package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.values.CheckpointDiff;
import org.tfckpt.values.Differences;
import org.tfckpt.values.ScanOptions;
import org.tfckpt.values.Statistics;
import org.tfckpt.values.TensorStatistics;

/**
 * Computes statistics of a tensor of 1 GiB with normally distributed values, and its differences from another one, which
 * differs everywhere, with a heap of 64 MB. The scale is the JDK's {@code CRC32C} of one warm mapping of the same file, and a
 * process with NumPy that computes the same statistics.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx64m")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ValuesBenchmark {
    private static final long GIB = 1L << 30;
    private static final int PART = 1 << 22;
    private static final String TENSOR = "kernel";
    private static final String NUMPY = """
            import sys, numpy as np
            a = np.memmap(sys.argv[1], sys.argv[2])
            print(a.min(), a.max(), a.mean(), a.std(), np.isnan(a).sum(), np.isinf(a).sum(), np.count_nonzero(a),
                  np.percentile(a, [1, 5, 25, 50, 75, 95, 99]))
            """;

    @Param({"DT_FLOAT", "DT_DOUBLE", "DT_HALF", "DT_INT32"})
    public String dtype;

    @Param({"1", "2"})
    public int threads;

    private Fixture fixture;
    private Fixture otherFixture;
    private MappedByteBuffer mapping;
    private Checkpoint checkpoint;
    private Checkpoint other;
    private ExecutorService pool;
    private ScanOptions options;

    @Setup(Level.Trial)
    public void make() throws IOException {
        fixture = Fixture.of(dtype + "-1", prefix -> write(prefix, 1));
        otherFixture = Fixture.of(dtype + "-2", prefix -> write(prefix, 2));
        try (FileChannel channel = FileChannel.open(fixture.data())) {
            mapping = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
        }
        checkpoint = Checkpoint.open(fixture.prefix());
        other = Checkpoint.open(otherFixture.prefix());
        pool = Executors.newFixedThreadPool(threads);
        options = ScanOptions.DEFAULT.withThreads(pool, threads);
    }

    private void write(Path prefix, int seed) throws IOException {
        DataType type = DataType.valueOf(dtype);
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            ByteBuffer part = part(type, seed);
            out.add(TENSOR, Shape.of(GIB / type.width()), ValueSource.ofParts(type, consumer -> {
                for (long done = 0; done < GIB; done += PART) {
                    consumer.accept(part.duplicate().order(part.order()));
                }
            }));
            out.finish();
        }
    }

    /** Returns 4 MiB of normally distributed values. */
    static ByteBuffer part(DataType type, int seed) {
        Random random = new Random(seed);
        ByteBuffer part = ByteBuffer.allocate(PART).order(ByteOrder.LITTLE_ENDIAN);
        while (part.hasRemaining()) {
            double value = random.nextGaussian() * 0.05;
            switch (type) {
                case DT_FLOAT -> part.putFloat((float) value);
                case DT_DOUBLE -> part.putDouble(value);
                case DT_INT32 -> part.putInt((int) (value * 1e6));
                default -> part.putShort((short) (0x3000 + random.nextInt(0x800)));
            }
        }
        return part.flip();
    }

    @TearDown(Level.Trial)
    public void remove() throws IOException {
        pool.shutdownNow();
        checkpoint.close();
        other.close();
        fixture.close();
        otherFixture.close();
    }

    /** The scale. */
    @Benchmark
    public long crc32cOfOneMapping() {
        CRC32C crc = new CRC32C();
        crc.update(mapping.duplicate());
        return crc.getValue();
    }

    @Benchmark
    public TensorStatistics stats() throws IOException {
        return Statistics.DEFAULT.with(options).withoutHistograms().of(checkpoint, TENSOR);
    }

    @Benchmark
    public TensorStatistics statsWithQuantiles() throws IOException {
        return Statistics.DEFAULT.with(options).of(checkpoint, TENSOR);
    }

    /** Reads twice as many bytes as {@link #crc32cOfOneMapping}. */
    @Benchmark
    public Differences diff() throws IOException {
        return CheckpointDiff.DEFAULT.with(options).compare(checkpoint, other);
    }

    /** A whole process of {@code python3}, which must have NumPy. */
    @Benchmark
    public int numpy() throws IOException, InterruptedException {
        String name = switch (DataType.valueOf(dtype)) {
            case DT_FLOAT -> "f4";
            case DT_DOUBLE -> "f8";
            case DT_INT32 -> "i4";
            default -> "f2";
        };
        int code = new ProcessBuilder(
                        List.of("/usr/bin/python3", "-c", NUMPY, fixture.data().toString(), name))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("python3 ended with " + code);
        }
        return code;
    }
}
