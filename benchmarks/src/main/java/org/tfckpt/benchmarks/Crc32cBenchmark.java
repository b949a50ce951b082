package org.tfckpt.benchmarks;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How fast the JDK's CRC32C goes over a direct buffer. */
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class Crc32cBenchmark {
    @Param({"4096", "67108864"})
    int bytes;

    private ByteBuffer buffer;

    @Setup
    public void allocate() {
        buffer = ByteBuffer.allocateDirect(bytes);
    }

    @Benchmark
    public long crc32c() {
        CRC32C crc = new CRC32C();
        crc.update(buffer.rewind());
        return crc.getValue();
    }
}
