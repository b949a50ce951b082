package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
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
import org.openjdk.jmh.infra.Blackhole;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorInfo;

/**
 * Opens, reads and checks checkpoints whose values are not simply mapped: partitioned tensors, V1 records, strings
 * in one buffer or as arrays, 16-bit floating-point values as floats.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FormBenchmark {
    @Param({"PARTITIONED", "V1", "STRINGS", "STRING_ARRAYS", "HALF", "BFLOAT16"})
    public Data data;

    private Fixture fixture;
    private ByteBuffer target;

    @Setup
    public void make() throws IOException {
        fixture = data.fixture();
        target = ByteBuffer.allocateDirect(data == Data.PARTITIONED ? 512_000_000 : 0);
    }

    @TearDown
    public void remove() throws IOException {
        fixture.close();
    }

    @Benchmark
    public void read(Blackhole values) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(fixture.prefix())) {
            for (Iterator<TensorInfo> all = checkpoint.tensors().iterator(); all.hasNext(); ) {
                values.consume(read(checkpoint.tensor(all.next())));
            }
        }
    }

    private Object read(Tensor tensor) throws IOException {
        return switch (data) {
            case PARTITIONED -> {
                tensor.read(0, target.clear());
                yield target;
            }
            case STRINGS -> firstBytes(tensor.asStringVector());
            case STRING_ARRAYS -> tensor.toBytesArray();
            case HALF, BFLOAT16 -> tensor.toFloatArray();
            default -> tensor.asFloatBuffer();
        };
    }

    /** Accesses every element. */
    private static long firstBytes(StringVector strings) {
        long sum = 0;
        for (int i = 0; i < strings.size(); i++) {
            sum += strings.get(i).get(0);
        }
        return sum;
    }
}
