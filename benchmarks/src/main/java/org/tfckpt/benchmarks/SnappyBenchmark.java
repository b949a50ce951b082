package org.tfckpt.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tfckpt.format.table.SnappyDecoder;
import org.xerial.snappy.Snappy;

/** Decompresses a block of names, compared with the native library. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SnappyBenchmark {
    private byte[] compressed;

    @Setup
    public void make() throws IOException {
        StringBuilder block = new StringBuilder();
        for (int i = 0; block.length() < 256 << 10; i++) {
            block.append(Fixture.name(i));
        }
        compressed = Snappy.compress(block.toString());
    }

    @Benchmark
    public byte[] ours() throws IOException {
        return SnappyDecoder.decode(compressed);
    }

    @Benchmark
    public byte[] snappyJava() throws IOException {
        return Snappy.uncompress(compressed);
    }
}
