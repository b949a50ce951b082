package org.tfckpt.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
import org.tfckpt.tensor.TensorInfo;

/**
 * Restores everything with TensorFlow's RestoreV2, in one operation or in two concurrent ones with half of the tensors
 * each. Freeing the tensors is not measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class TensorFlowRestoreBenchmark {
    @Param({"FEW_LARGE", "MANY_SMALL", "MIXED", "PARTITIONED", "V1", "STRINGS", "HALF", "BFLOAT16"})
    public Data data;

    @Param({"1", "2"})
    public int threads;

    private final List<TensorFlow.Restoring> halves = new ArrayList<>();
    private Fixture fixture;
    private TensorFlow tensorFlow;
    private ExecutorService executor;

    @Setup
    public void make() throws Exception {
        fixture = data.fixture();
        tensorFlow = new TensorFlow();
        executor = Executors.newFixedThreadPool(threads);
        List<List<TensorFlow.Wanted>> wanted = new ArrayList<>();
        long bytes = 0;
        try (Checkpoint checkpoint = Checkpoint.open(fixture.prefix())) {
            Iterator<TensorInfo> all = checkpoint.tensors().iterator();
            for (int i = 0; all.hasNext(); i++) {
                if (i < threads) {
                    wanted.add(new ArrayList<>());
                }
                TensorInfo info = all.next();
                wanted.get(i % threads).add(new TensorFlow.Wanted(info.name(), "", info.dtypeNumber()));
                bytes += info.dtype().width() * info.shape().elements();
            }
        }
        wanted.forEach(half -> halves.add(tensorFlow.restoring(fixture.prefix(), half)));
        requireAll(bytes);
    }

    private void requireAll(long bytes) throws Exception {
        restore();
        long restored = halves.stream().mapToLong(TensorFlow.Restoring::bytes).sum();
        if (restored != bytes && data != Data.STRINGS) {
            throw new IllegalStateException(restored + " of " + bytes + " bytes");
        }
        free();
    }

    @TearDown(Level.Invocation)
    public void free() {
        halves.forEach(TensorFlow.Restoring::free);
    }

    @TearDown
    public void remove() throws IOException {
        executor.shutdown();
        tensorFlow.close();
        fixture.close();
    }

    @Benchmark
    public int restore() throws ExecutionException, InterruptedException {
        List<Future<Integer>> running = new ArrayList<>();
        for (TensorFlow.Restoring half : halves) {
            running.add(executor.submit(half::run));
        }
        int tensors = 0;
        for (Future<Integer> one : running) {
            tensors += one.get();
        }
        return tensors;
    }
}
