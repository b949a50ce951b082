package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.SmallCheckpoints;

/** Many threads use one checkpoint, also while it is closed or one of them is interrupted. */
class StressTest {
    private static final int THREADS = 6;

    @TempDir
    Path directory;

    /** The results of a single thread. */
    private record Known(Map<String, TensorInfo> infos, Map<String, String> digests, Checkpoint.Verification verified) {
        static Known of(Checkpoint checkpoint) throws IOException {
            Map<String, TensorInfo> infos = new TreeMap<>();
            Map<String, String> digests = new TreeMap<>();
            try (Stream<TensorInfo> all = checkpoint.tensors()) {
                all.forEach(info -> infos.put(info.name(), info));
            }
            for (TensorInfo info : infos.values()) {
                digests.put(info.name(), TensorDigest.sha256(checkpoint.tensor(info)));
            }
            return new Known(infos, digests, checkpoint.verify(problem -> {
                throw new AssertionError(problem);
            }));
        }
    }

    /** A random operation; all threads share the tensors. */
    private static void step(Checkpoint checkpoint, Known known, List<Tensor> shared, Random random)
            throws IOException {
        Tensor tensor = shared.get(random.nextInt(shared.size()));
        String name = tensor.name();
        switch (random.nextInt(8)) {
            case 0 -> assertThat(checkpoint.find(name)).contains(known.infos.get(name));
            case 1 -> assertThat(checkpoint.find(name + "?")).isEmpty();
            case 2 -> {
                try (Stream<TensorInfo> all = checkpoint.tensors()) {
                    assertThat(all).hasSize(known.infos.size());
                }
            }
            case 3 -> assertThat(TensorDigest.sha256(tensor)).isEqualTo(known.digests.get(name));
            case 4 -> assertThat(TensorDigest.sha256(checkpoint.tensor(name))).isEqualTo(known.digests.get(name));
            case 5 -> slice(tensor);
            case 6 -> {
                tensor.check();
                view(tensor);
            }
            default ->
                assertThat(checkpoint.verify(problem -> {
                            throw new AssertionError(problem);
                        }))
                        .isEqualTo(known.verified);
        }
    }

    private static void slice(Tensor tensor) throws IOException {
        boolean hasRows = tensor.shape().rank() > 0 && tensor.shape().dimension(0) > 0;
        if (hasRows && tensor.dtype().isFixedWidth()) {
            String rest = ":-".repeat(tensor.shape().rank() - 1);
            ByteBuffer all = tensor.asByteBuffer();
            ByteBuffer first = tensor.slice("0,1" + rest).asByteBuffer();
            assertThat(all.slice(0, first.remaining())).isEqualTo(first);
        }
    }

    private static @Nullable ByteBuffer view(Tensor tensor) throws IOException {
        return tensor.dtype().isFixedWidth() ? tensor.asByteBuffer() : null;
    }

    private static List<Tensor> tensors(Checkpoint checkpoint, Known known) {
        return known.infos.values().stream().map(checkpoint::tensor).toList();
    }

    @ParameterizedTest
    @EnumSource
    void everybodyGetsTheRightValues(SmallCheckpoints kind) throws Exception {
        Path path = kind.write(directory);
        for (ReadOptions way : Checkpoints.WAYS) {
            try (Checkpoint checkpoint = Checkpoint.open(path, way)) {
                Known known = Known.of(checkpoint);
                List<Tensor> shared = tensors(checkpoint, known);
                inThreads(seed -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < 60; i++) {
                        step(checkpoint, known, shared, random);
                    }
                });
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingMeanwhileIsAnIllegalStateAndViewsStay(SmallCheckpoints kind) throws Exception {
        Path path = kind.write(directory);
        for (ReadOptions way : Checkpoints.WAYS) {
            for (int round = 0; round < 8; round++) {
                Checkpoint checkpoint = Checkpoint.open(path, way);
                Known known = Known.of(checkpoint);
                List<View> views = views(checkpoint, known);
                List<Tensor> shared = tensors(checkpoint, known);
                int closedAfter = 2 * round;
                AtomicInteger steps = new AtomicInteger();
                inThreads(seed -> {
                    Random random = new Random(seed);
                    assertThatThrownBy(() -> {
                                while (true) {
                                    if (steps.getAndIncrement() == closedAfter) {
                                        checkpoint.close();
                                    }
                                    step(checkpoint, known, shared, random);
                                }
                            })
                            .isInstanceOf(IllegalStateException.class);
                });
                if (!way.unmapOnClose()) {
                    assertThat(views)
                            .allSatisfy(view -> assertThat(view.buffer).isEqualTo(ByteBuffer.wrap(view.bytes)));
                }
            }
        }
    }

    /** A view, and its contents when it was obtained. */
    private static final class View {
        private final ByteBuffer buffer;
        private final byte[] bytes;

        View(ByteBuffer buffer) {
            this.buffer = buffer;
            this.bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
        }
    }

    private static List<View> views(Checkpoint checkpoint, Known known) throws IOException {
        List<View> views = new ArrayList<>();
        for (TensorInfo info : known.infos.values()) {
            ByteBuffer view = view(checkpoint.tensor(info));
            if (view != null) {
                views.add(new View(view));
            }
        }
        return views;
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptIsAClosedChannelForAllWhoReadOn(SmallCheckpoints kind) throws Exception {
        Path path = kind.write(directory);
        for (ReadOptions way : Checkpoints.WAYS) {
            for (int round = 0; round < 6; round++) {
                try (Checkpoint checkpoint = Checkpoint.open(path, way)) {
                    Known known = Known.of(checkpoint);
                    List<Tensor> shared = tensors(checkpoint, known);
                    int interruptedAfter = 5 * round;
                    AtomicInteger steps = new AtomicInteger();
                    inThreads(seed -> {
                        Random random = new Random(seed);
                        for (int i = 0; i < 30; i++) {
                            boolean interrupted = steps.getAndIncrement() == interruptedAfter;
                            if (interrupted) {
                                Thread.currentThread().interrupt();
                            }
                            if (!stepped(checkpoint, known, shared, random)) {
                                break;
                            }
                        }
                    });
                }
            }
            try (Checkpoint anew = Checkpoint.open(path, way)) {
                assertThat(Known.of(anew).verified.isIntact()).isTrue();
            }
        }
    }

    /** Returns false if the channel was closed and the documented exception was thrown. */
    private static boolean stepped(Checkpoint checkpoint, Known known, List<Tensor> shared, Random random)
            throws IOException {
        try {
            step(checkpoint, known, shared, random);
            return true;
        } catch (ClosedChannelException | UncheckedIOException e) {
            Throwable thrown = e instanceof UncheckedIOException ? e.getCause() : e;
            assertThat(thrown).isInstanceOf(ClosedChannelException.class);
            // Only the interrupted thread gets this exception.
            assertThat(thrown instanceof ClosedByInterruptException
                            && !Thread.currentThread().isInterrupted())
                    .isFalse();
            return false;
        }
    }

    private interface Work {
        void by(int seed) throws IOException;
    }

    private static void inThreads(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int seed = 0; seed < THREADS; seed++) {
                int own = seed;
                results.add(threads.submit(() -> {
                    work.by(own);
                    return null;
                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
