package org.tfckpt.reading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphKind;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.storage.Storage;
import org.tfckpt.storage.StorageFile;
import org.tfckpt.storage.Storages;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.CheckpointReplacedException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.CountingStorage;
import org.tfckpt.testing.FullRead;

/** Checkpoints that are not in local files. */
class StorageTest {
    private static final int CACHE = 4 << 20;

    @TempDir
    Path directory;

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("m"));
    }

    static Stream<Corpus.Expected> corpus() {
        return Corpus.checkpoints().stream();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void readsWhatALocalFileGives(Corpus.Expected expected) throws IOException {
        FullRead local = FullRead.of(expected.path());
        Path root = expected.directory();
        CountingStorage storage = new CountingStorage(root);
        try (StorageFileSystem files = new StorageFileSystem(storage, CACHE)) {
            FullRead remote =
                    FullRead.of(files.getPath(root.relativize(expected.path()).toString()));
            assertThat(remote.values()).isEqualTo(local.values());
            assertThat(remote.refusals()).hasSameSizeAs(local.refusals());
            // Without a listing, data files that the index does not refer to are not found.
            assertThat(remote.isReported()
                            || !local.isReported()
                            || local.problems().stream().allMatch(problem -> problem.contains("UNUSED_BYTES")))
                    .isTrue();
        }
        assertThat(storage.openFiles()).isZero();
    }

    @Test
    void readsArrays() throws IOException {
        BundleBuilder bundle = new BundleBuilder().floats("v", 1, 2);
        Storage memory = Storages.of(Map.of(
                "log/m.index", bundle.index(),
                "log/m.data-00000-of-00001", bundle.data(0),
                "log/checkpoint", "model_checkpoint_path: \"m\"".getBytes(UTF_8),
                "other/m.index", bundle.index()));
        for (String name : List.of("log/m", "log/m.index", "log", "log/", "log/checkpoint", "/log/m")) {
            try (Checkpoint checkpoint = Checkpoint.open(memory, name)) {
                assertThat(checkpoint.tensor("v").toFloatArray()).containsExactly(1, 2);
                assertThat(checkpoint.prefix()).isEqualTo("log/m");
                assertThat(checkpoint.verify(problem -> {}).isIntact()).isTrue();
            }
        }
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Checkpoint.open(memory, "log/n"))
                .withMessageContaining("no checkpoint found at 'log/n'")
                .withMessageContaining("'log' has the checkpoint 'm'");
        try (Checkpoint checkpoint = Checkpoint.open(memory, "other/m")) {
            DataLossException missing = catchThrowableOfType(
                    DataLossException.class, () -> checkpoint.tensor("v").toFloatArray());
            assertThat(missing.kind()).isEqualTo(ProblemKind.MISSING_FILE);
            assertThat(missing)
                    .hasMessageContaining("other/m.data-00000-of-00001")
                    .hasMessageContaining("'v'");
        }
    }

    @Test
    void readsTheClassPath() throws IOException {
        write(new BundleBuilder().floats("v", 1, 2));
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {directory.getParent().toUri().toURL()})) {
            Storage resources = Storages.ofClassPath(loader, directory.getFileName() + "/");
            try (Checkpoint checkpoint = Checkpoint.open(resources, "m")) {
                assertThat(checkpoint.tensor("v").toFloatArray()).containsExactly(1, 2);
            }
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> Checkpoint.open(resources, "n"))
                    .withMessageContaining("no checkpoint found at 'classpath:" + directory.getFileName() + "/n'");
        }
    }

    @Test
    void readsGraphs() throws IOException {
        Path saved;
        try (Stream<Path> all = Files.walk(Corpus.root())) {
            saved = all.filter(file -> file.endsWith("saved_model.pb"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
        CountingStorage storage = new CountingStorage(saved.getParent().getParent());
        String name = String.valueOf(saved.getParent().getFileName());
        Graph graph = Graph.open(storage, name);
        assertThat(graph.kind()).isEqualTo(GraphKind.SAVED_MODEL);
        assertThat(graph.file()).hasToString("count://server/" + name + "/saved_model.pb");
        assertThat(graph.variables()).hasToString(Graph.open(saved).variables().toString());
        assertThat(storage.openFiles()).isZero();
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Graph.open(storage, "nothing"))
                .withMessageContaining("no graph found at 'count://server/nothing'");
    }

    @Test
    void theGraphOfACheckpointHasItsLocation() throws IOException {
        Path story = Corpus.root().resolve("story");
        try (Checkpoint remote = Checkpoint.open(new CountingStorage(story), "log");
                Checkpoint local = Checkpoint.open(story.resolve("log"))) {
            assertThat(Graph.of(remote).file()).hasToString("count://server/log/model.ckpt-122543");
            assertThat(remote.file()).hasToString("count://server/log/model.ckpt-122543.index");
            assertThat(Graph.of(local).file()).isEqualTo(story.resolve("log/model.ckpt-122543"));
        }
    }

    @Test
    void aStateFileNamesCheckpointsBelowItsDirectoryOnly() throws IOException {
        BundleBuilder bundle = new BundleBuilder().floats("v", 1, 2);
        byte[] secret = bundle.index();
        for (String entry : List.of("../m", "/m", "sub/../../m", "https://other/m", "..\\m")) {
            String text = "model_checkpoint_path: \"" + entry.replace("\\", "\\\\") + "\"";
            Storage memory = Storages.of(Map.of("m.index", secret, "log/checkpoint", text.getBytes(UTF_8)));
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> Checkpoint.open(memory, "log"))
                    .withMessageContaining("does not exist");
        }
        String below = "model_checkpoint_path: \"sub/../deep/m\"";
        Storage memory = Storages.of(Map.of("log/deep/m.index", secret, "log/checkpoint", below.getBytes(UTF_8)));
        try (Checkpoint checkpoint = Checkpoint.open(memory, "log")) {
            assertThat(checkpoint.find("v")).isPresent();
        }
    }

    @Test
    void whyAStorageCannotBeReadIsReported() throws IOException {
        write(new BundleBuilder().floats("v", 1, 2));
        CountingStorage broken = new CountingStorage(directory) {
            @Override
            protected void during(String name, long position, int length) throws IOException {
                throw new IOException("connection refused by server");
            }
        };
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Checkpoint.open(broken, "m"))
                .withMessage("connection refused by server");
        assertThat(broken.requests()).hasSize(1);
        CountingStorage forbidden = new CountingStorage(directory) {
            @Override
            protected void during(String name, long position, int length) throws IOException {
                throw new AccessDeniedException(name, null, "403");
            }
        };
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> Checkpoint.open(forbidden, "m"));
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> Graph.open(forbidden, "m"));
    }

    @Test
    void aFailureOfOneReadIsNotRemembered() throws IOException {
        write(new BundleBuilder().floats("v", 1, 2));
        boolean[] broken = {true};
        CountingStorage storage = new CountingStorage(directory) {
            @Override
            protected void during(String name, long position, int length) throws IOException {
                if (broken[0] && name.contains(".data-")) {
                    throw new IOException("reset by peer");
                }
            }
        };
        try (Checkpoint checkpoint = Checkpoint.open(storage, "m")) {
            Tensor tensor = checkpoint.tensor("v");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(tensor::toFloatArray)
                    .withMessage("reset by peer");
            broken[0] = false;
            assertThat(tensor.toFloatArray()).containsExactly(1, 2);
        }
    }

    @Test
    void aReplacedCheckpointIsRecognised() throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", 1, 2));
        try (Checkpoint checkpoint = Checkpoint.open(new CountingStorage(directory), "m")) {
            new BundleBuilder().floats("v", 3, 4).write(prefix);
            assertThatExceptionOfType(CheckpointReplacedException.class)
                    .isThrownBy(() -> checkpoint.tensor("v").toFloatArray())
                    .withMessageContaining("replaced while it was being read");
        }
    }

    @Test
    void aTruncatedFileIsDamage() throws IOException {
        Path prefix = write(new BundleBuilder().floats("v", 1, 2));
        Files.write(BundleBuilder.data(prefix, 0, 1), new byte[5]);
        try (Checkpoint checkpoint = Checkpoint.open(new CountingStorage(directory), "m")) {
            DataLossException damage = catchThrowableOfType(
                    DataLossException.class, () -> checkpoint.tensor("v").toFloatArray());
            assertThat(damage.kind()).isEqualTo(ProblemKind.TRUNCATED);
            assertThat(damage).hasMessageContaining("a file of 5 bytes");
        }
    }

    @Test
    void manyThreadsReadThroughASmallCache() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        Random random = new Random(1);
        for (int i = 0; i < 60; i++) {
            byte[] values = new byte[4 * (1 + random.nextInt(200_000))];
            random.nextBytes(values);
            bundle.tensor("t" + i, DataType.DT_INT32, new long[] {values.length / 4}, values);
        }
        Path prefix = write(bundle);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        ReadOptions options = ReadOptions.DEFAULT.withCacheBytes(CACHE);
        try (Checkpoint local = Checkpoint.open(prefix);
                Checkpoint remote = Checkpoint.open(new ShortReads(directory), "m", options)) {
            List<Future<?>> all = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(thread -> threads.submit(() -> {
                        Random order = new Random(thread);
                        for (int i = 0; i < 60; i++) {
                            String name = "t" + order.nextInt(60);
                            assertThat(remote.tensor(name).asByteBuffer())
                                    .isEqualTo(local.tensor(name).asByteBuffer());
                        }
                        return null;
                    }))
                    .toList();
            for (Future<?> thread : all) {
                thread.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Reads less than was asked for. */
    private static final class ShortReads extends CountingStorage {
        ShortReads(Path directory) {
            super(directory);
        }

        @Override
        public StorageFile open(String name) {
            StorageFile real = super.open(name);
            return new StorageFile() {
                @Override
                public long size() throws IOException {
                    return real.size();
                }

                @Override
                public int read(long position, ByteBuffer target) throws IOException {
                    int end = target.limit();
                    target.limit(Math.min(end, target.position() + 99_999));
                    int count = real.read(position, target);
                    target.limit(end);
                    return count;
                }

                @Override
                public void close() throws IOException {
                    real.close();
                }
            };
        }
    }

    @Test
    void anInterruptEndsTheWait() throws IOException {
        write(new BundleBuilder().floats("v", 1, 2));
        Storage storage = new CountingStorage(directory);
        try (Checkpoint checkpoint = Checkpoint.open(storage, "m")) {
            Tensor tensor = checkpoint.tensor("v");
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedIOException.class).isThrownBy(tensor::toFloatArray);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(tensor.toFloatArray()).containsExactly(1, 2);
        }
    }

    @Test
    void afterCloseNothingIsRead() throws IOException {
        write(new BundleBuilder().floats("v", 1, 2));
        Checkpoint checkpoint = Checkpoint.open(new CountingStorage(directory), "m");
        Tensor tensor = checkpoint.tensor("v");
        ByteBuffer view = tensor.asByteBuffer();
        checkpoint.close();
        assertThat(view.getFloat(0)).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(tensor::toFloatArray);
    }
}
