package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;

class LifeCycleTest {
    private static final int TENSORS = 400;

    @TempDir
    Path directory;

    private Path write() {
        BundleBuilder bundle = new BundleBuilder().layout(512, 16, true);
        for (int i = 0; i < TENSORS; i++) {
            bundle.shard(i % 3).floats("t%03d".formatted(i), i, i + 1);
        }
        return bundle.strings("s", "hello", "world").write(directory.resolve("ckpt"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterCloseEveryReadIsAClearException(boolean mapped) throws IOException {
        Checkpoint checkpoint =
                Checkpoint.open(write(), mapped ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping());
        Tensor used = checkpoint.tensor("t001");
        assertThat(used.toFloatArray()).containsExactly(1, 2);
        Tensor fresh = checkpoint.tensor("t002");
        Tensor strings = checkpoint.tensor("s");
        assertThat(strings.asStringVector().size()).isEqualTo(2);
        Iterator<TensorInfo> listing = checkpoint.tensors().iterator();
        assertThat(listing.next().name()).isEqualTo("s");
        checkpoint.close();

        String message = "the checkpoint '" + checkpoint.prefix() + "' is closed";
        assertThatIllegalStateException()
                .isThrownBy(() -> checkpoint.find("t001"))
                .withMessage(message);
        assertThatIllegalStateException()
                .isThrownBy(() -> checkpoint.tensor("t001"))
                .withMessage(message);
        assertThatIllegalStateException().isThrownBy(() -> checkpoint.tensor(used.info()));
        assertThatIllegalStateException().isThrownBy(checkpoint::tensors).withMessage(message);
        assertThatIllegalStateException().isThrownBy(() -> checkpoint.verify(problem -> {}));
        assertThatIllegalStateException().isThrownBy(used::toFloatArray).withMessageContaining("is closed");
        assertThatIllegalStateException().isThrownBy(used::asFloatBuffer);
        assertThatIllegalStateException().isThrownBy(() -> used.read(0, ByteBuffer.allocate(1)));
        assertThatIllegalStateException().isThrownBy(() -> used.forEachPart(part -> {}));
        assertThatIllegalStateException().isThrownBy(fresh::toFloatArray);
        assertThatIllegalStateException().isThrownBy(fresh::check);
        assertThatIllegalStateException().isThrownBy(strings::toBytesArray);
        assertThatIllegalStateException()
                .isThrownBy(() -> strings.asStringVector(0, 1).bytes(0));
        assertThatIllegalStateException().isThrownBy(() -> {
            while (listing.hasNext()) {
                listing.next();
            }
        });
        // Metadata is available after close.
        assertThat(used.info().name()).isEqualTo("t001");
        assertThat(checkpoint.shardCount()).isEqualTo(3);
    }

    @Test
    void closingTwiceIsClosingOnce() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(write());
        assertThat(checkpoint.tensor("t000").toFloatArray()).hasSize(2);
        checkpoint.close();
        checkpoint.close();
        assertThatIllegalStateException().isThrownBy(() -> checkpoint.find("t000"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void viewsStayValid(boolean mapped) throws IOException {
        FloatBuffer view;
        try (Checkpoint checkpoint =
                Checkpoint.open(write(), mapped ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping())) {
            view = checkpoint.tensor("t042").asFloatBuffer();
        }
        assertThat(view.isReadOnly()).isTrue();
        assertThat(view.get(0)).isEqualTo(42);
        assertThat(view.get(1)).isEqualTo(43);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyThreadsReadAtOnce(boolean mapped) throws Exception {
        try (Checkpoint checkpoint =
                Checkpoint.open(write(), mapped ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping())) {
            Tensor shared = checkpoint.tensor("t007");
            inThreads(8, seed -> () -> {
                Random random = new Random(seed);
                for (int i = 0; i < 300; i++) {
                    int number = random.nextInt(TENSORS);
                    Tensor tensor = checkpoint.tensor("t%03d".formatted(number));
                    assertThat(tensor.toFloatArray()).containsExactly(number, number + 1);
                    assertThat(shared.asFloatBuffer().get(1)).isEqualTo(8);
                    assertThat(checkpoint.find("u" + number)).isEmpty();
                }
                assertThat(checkpoint.tensors().count()).isEqualTo(TENSORS + 1);
                assertThat(checkpoint.tensor("s").toStringArray()).containsExactly("hello", "world");
                return null;
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingWhileOthersReadIsAClearExceptionForThem(boolean mapped) throws Exception {
        Path prefix = write();
        for (int round = 0; round < 25; round++) {
            Checkpoint checkpoint =
                    Checkpoint.open(prefix, mapped ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping());
            int delay = round;
            inThreads(4, seed -> () -> {
                if (seed == 0) {
                    Thread.sleep(0, 40_000 * delay);
                    checkpoint.close();
                    return null;
                }
                Random random = new Random(seed);
                assertThatIllegalStateException().isThrownBy(() -> {
                    while (true) {
                        int number = random.nextInt(TENSORS);
                        float[] values =
                                checkpoint.tensor("t%03d".formatted(number)).toFloatArray();
                        assertThat(values).containsExactly(number, number + 1);
                    }
                });
                return null;
            });
        }
    }

    private interface Work {
        Callable<Void> of(int seed);
    }

    private static void inThreads(int count, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Future<Void>> results = new ArrayList<>();
            for (int seed = 0; seed < count; seed++) {
                results.add(threads.submit(work.of(seed)));
            }
            for (Future<Void> result : results) {
                result.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }
}
