package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
import org.tfckpt.Tensor;
import org.tfckpt.TensorView;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/**
 * Swaps the axes of a matrix of floats in a heap of 64 MB, as a conversion with {@code --transpose} does: part by part. A
 * copy of the same bytes from one memory to another is measured for comparison.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsPrepend = {"-Xmx64m", "-XX:MaxDirectMemorySize=1200m"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class TransposeBenchmark {
    private static final String NAME = "kernel";

    /** An embedding and its transpose have 94 MB, the square matrix has 1 GiB. */
    @Param({"30522x768", "768x30522", "16384x16384"})
    public String shape;

    private Fixture fixture;
    private Checkpoint checkpoint;
    private Tensor transposed;
    private ByteBuffer mapping;
    private ByteBuffer target;

    @Setup(Level.Trial)
    public void make() throws IOException {
        long rows = Long.parseLong(shape.substring(0, shape.indexOf('x')));
        long columns = Long.parseLong(shape.substring(shape.indexOf('x') + 1));
        int bytes = Math.toIntExact(rows * columns * Float.BYTES);
        fixture = Fixture.of(shape, prefix -> {
            ByteBuffer pattern = Fixture.random(1 << 20);
            try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
                out.add(NAME, Shape.of(rows, columns), ValueSource.ofParts(DataType.DT_FLOAT, consumer -> {
                    for (int done = 0; done < bytes; done += pattern.capacity()) {
                        consumer.accept(pattern.slice(0, Math.min(pattern.capacity(), bytes - done)));
                    }
                }));
                out.finish();
            }
        });
        try (FileChannel file = FileChannel.open(fixture.data())) {
            mapping = file.map(FileChannel.MapMode.READ_ONLY, 0, bytes);
        }
        target = ByteBuffer.allocateDirect(bytes);
        checkpoint = Checkpoint.open(fixture.prefix());
        TensorView view = new TensorView(NAME, checkpoint.find(NAME).orElseThrow(), List.of(1, 0));
        transposed = checkpoint.view(List.of(view)).tensor(NAME);
        // Later reads do not compare it again.
        transposed.check();
    }

    @TearDown(Level.Trial)
    public void remove() throws IOException {
        checkpoint.close();
        fixture.close();
    }

    /** The comparison. */
    @Benchmark
    public ByteBuffer memoryCopy() {
        return target.clear().put(mapping.duplicate());
    }

    @Benchmark
    public long transpose() throws IOException {
        long[] bytes = {0};
        transposed.forEachPart(part -> bytes[0] += part.remaining());
        return bytes[0];
    }
}
