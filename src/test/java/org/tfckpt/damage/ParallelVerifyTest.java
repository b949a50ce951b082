package org.tfckpt.damage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.SmallCheckpoints;

/** Several threads find what one finds, in the same order. */
class ParallelVerifyTest {
    /** Above what is one job. */
    private static final int LARGE = 9_500_000;

    @TempDir
    Path directory;

    private record Found(Checkpoint.Verification verified, List<Problem> problems) {}

    private static Found verify(Checkpoint checkpoint, Executor executor, int degree) throws IOException {
        List<Problem> problems = new ArrayList<>();
        return new Found(checkpoint.verify(problems::add, executor, degree), problems);
    }

    private static Found alone(Checkpoint checkpoint) throws IOException {
        List<Problem> problems = new ArrayList<>();
        return new Found(checkpoint.verify(problems::add), problems);
    }

    private static void assertSameByThreads(Path path, ExecutorService threads) throws IOException {
        for (ReadOptions way : Checkpoints.WAYS) {
            try (Checkpoint checkpoint = Checkpoint.open(path, way)) {
                Found alone = alone(checkpoint);
                assertThat(verify(checkpoint, threads, 4)).isEqualTo(alone);
                assertThat(verify(checkpoint, Runnable::run, 2)).isEqualTo(alone);
                assertThat(verify(checkpoint, neverRun -> {}, 64)).isEqualTo(alone);
            } catch (CheckpointException cannotBeOpened) {
                assertThat(cannotBeOpened).hasMessageContaining(directoryOf(path));
            }
        }
    }

    private static String directoryOf(Path path) {
        return String.valueOf(path.getParent());
    }

    @ParameterizedTest
    @EnumSource
    void ofEveryKindOfCheckpointDamagedAnywhere(SmallCheckpoints kind) throws IOException {
        Path path = kind.write(directory);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            assertSameByThreads(path, threads);
            Random random = new Random(3);
            for (Map.Entry<Path, byte[]> file :
                    SmallCheckpoints.files(directory).entrySet()) {
                for (int round = 0; round < 12; round++) {
                    byte[] bytes = file.getValue().clone();
                    for (int flips = random.nextInt(3); flips >= 0; flips--) {
                        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                    }
                    Files.write(file.getKey(), bytes);
                    assertSameByThreads(path, threads);
                }
                Files.write(file.getKey(), file.getValue());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Many small tensors, then a large one, then small ones again: jobs of every kind. */
    private Path mixed() {
        BundleBuilder bundle = new BundleBuilder().layout(4096, 16, false);
        for (int i = 0; i < 1200; i++) {
            bundle.floats("a%04d".formatted(i), i);
        }
        byte[] value = new byte[LARGE];
        new Random(5).nextBytes(value);
        bundle.tensor("large", DataType.DT_UINT8, new long[] {LARGE}, value).strings("s", "hello", "world");
        for (int i = 0; i < 1200; i++) {
            bundle.shard(i % 3).floats("z%04d".formatted(i), i);
        }
        return bundle.write(directory.resolve("mixed"));
    }

    @Test
    void ofALargeTensorAndManySmallOnes() throws IOException {
        Path prefix = mixed();
        assertThat(Checkpoints.problems(prefix)).isEmpty();
        Random random = new Random(6);
        List<Path> files = List.of(
                prefix.resolveSibling("mixed.index"),
                BundleBuilder.data(prefix, 0, 3),
                BundleBuilder.data(prefix, 1, 3),
                BundleBuilder.data(prefix, 2, 3));
        for (int round = 0; round < 12; round++) {
            Path file = files.get(1 + round % 3);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                ByteBuffer one = ByteBuffer.allocate(1);
                long at = (long) (random.nextDouble() * channel.size());
                channel.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 8)).flip();
                channel.write(one, at);
            }
            assertThat(Checkpoints.problems(prefix)).isNotEmpty();
        }
        try (FileChannel channel = FileChannel.open(files.get(1), StandardOpenOption.WRITE)) {
            channel.truncate(LARGE / 2);
        }
        assertThat(Checkpoints.problems(prefix)).anyMatch(problem -> problem.startsWith("truncated large "));
        byte[] index = Files.readAllBytes(files.get(0));
        index[index.length / 3] ^= 1;
        index[index.length / 2] ^= 1;
        Files.write(files.get(0), index);
        assertThat(Checkpoints.problems(prefix)).anyMatch(problem -> problem.startsWith("block-checksum - "));
    }

    @Test
    void manyCheckpointsShareAPoolWithoutWaitingForEachOther() throws Exception {
        Path prefix = mixed();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<Found>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(() -> {
                    try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
                        return verify(checkpoint, threads, 2);
                    }
                }));
            }
            for (Future<Found> found : all) {
                assertThat(found.get().problems()).isEmpty();
                assertThat(found.get().verified().tensors()).isEqualTo(2402);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatTheCallerThrowsComesOutAndNobodyIsLeftAtWork() throws IOException {
        Path prefix = mixed();
        Files.write(BundleBuilder.data(prefix, 0, 3), new byte[10]);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThatThrownBy(() -> checkpoint.verify(
                            problem -> {
                                throw new IllegalCallerException("enough");
                            },
                            threads,
                            4))
                    .isInstanceOf(IllegalCallerException.class);
            assertThatIllegalArgumentException().isThrownBy(() -> checkpoint.verify(problem -> {}, threads, 0));
            threads.shutdown();
            assertThatThrownBy(() -> checkpoint.verify(problem -> {}, threads, 2))
                    .isInstanceOf(RejectedExecutionException.class);
        }
    }

    /** A small index that names one range again and again must not have it read again and again. */
    @Test
    void tensorsThatShareBytesAreNotAllRead() throws IOException {
        BundleBuilder bundle = new BundleBuilder();
        byte[] value = new byte[5 << 20];
        value[0] = 1;
        bundle.tensor("t00", DataType.DT_UINT8, new long[] {value.length}, value);
        byte[] entry = bundle.entryBytes("t00");
        for (int i = 1; i < 10; i++) {
            bundle.record("t%02d".formatted(i), entry);
        }
        List<String> problems = Checkpoints.problems(bundle.write(directory.resolve("shared")));
        assertThat(problems.stream().filter(problem -> problem.contains("not read: ")))
                .hasSize(8)
                .allMatch(problem -> problem.startsWith(ProblemKind.OVERLAP + " t0"));
        assertThat(problems.stream().filter(problem -> problem.contains("more than one tensor")))
                .hasSize(9);
    }
}
