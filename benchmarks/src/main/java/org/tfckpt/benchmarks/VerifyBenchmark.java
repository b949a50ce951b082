package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

/**
 * Verifies a checkpoint of 1 GiB with one thread and with two, mapped and through the channel. The ceilings are the JDK's
 * {@code CRC32C} of one warm mapping of the file, and the kernel's copy of the file into a reused buffer, with as many
 * threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class VerifyBenchmark {
    private static final int GIB = 1 << 30;
    private static final int PART = 1 << 18;

    /** One large tensor is distributed over the threads, too. */
    @Param({"1", "330"})
    public int tensors;

    @Param({"1", "2"})
    public int threads;

    private Fixture fixture;
    private MappedByteBuffer mapping;
    private FileChannel file;
    private Checkpoint mapped;
    private Checkpoint unmapped;
    private ExecutorService pool;

    @Setup(Level.Trial)
    public void make() throws IOException {
        fixture = Fixture.of(tensors, GIB / tensors / Float.BYTES * Float.BYTES);
        file = FileChannel.open(fixture.data());
        mapping = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
        mapped = Checkpoint.open(fixture.prefix());
        unmapped = Checkpoint.open(fixture.prefix(), ReadOptions.DEFAULT.withoutMapping());
        pool = Executors.newFixedThreadPool(2);
    }

    @TearDown(Level.Trial)
    public void remove() throws IOException {
        pool.shutdownNow();
        file.close();
        mapped.close();
        unmapped.close();
        fixture.close();
    }

    private interface Share {
        long take(int from, int to) throws IOException;
    }

    /** Each thread processes a part of the file. */
    private long inShares(Share share) throws InterruptedException, ExecutionException {
        int length = mapping.capacity() / threads;
        List<Future<Long>> shares = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int from = i * length;
            shares.add(pool.submit(() -> share.take(from, from + length)));
        }
        long sum = 0;
        for (Future<Long> future : shares) {
            sum += future.get();
        }
        return sum;
    }

    /** The ceiling for mapped files. */
    @Benchmark
    public long crc32cOfOneMapping() throws InterruptedException, ExecutionException {
        return inShares((from, to) -> {
            CRC32C crc = new CRC32C();
            crc.update(mapping.duplicate().limit(to).position(from));
            return crc.getValue();
        });
    }

    /** The ceiling for the channel. */
    @Benchmark
    public long kernelsCopyAlone() throws InterruptedException, ExecutionException {
        return inShares((from, to) -> {
            ByteBuffer part = ByteBuffer.allocateDirect(PART);
            long at = from;
            while (at < to) {
                at += file.read(part.clear(), at);
            }
            return at;
        });
    }

    @Benchmark
    public long verifyMapped() throws IOException {
        return mapped.verify(problem -> {}, pool, threads).bytes();
    }

    @Benchmark
    public long verifyThroughTheChannel() throws IOException {
        return unmapped.verify(problem -> {}, pool, threads).bytes();
    }
}
