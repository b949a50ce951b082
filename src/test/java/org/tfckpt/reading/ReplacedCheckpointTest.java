package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Linking;
import org.tfckpt.ReadOptions;
import org.tfckpt.Sharding;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.CheckpointReplacedException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.EndlessRewriter;

@DisplayName("A checkpoint that is replaced while it is being read")
class ReplacedCheckpointTest {
    private static final String MESSAGE = "the checkpoint was replaced while it was being read";

    @TempDir
    Path directory;

    private Path write(String name, int shards, float value) {
        BundleBuilder bundle = new BundleBuilder();
        for (int shard = 0; shard < shards; shard++) {
            bundle.shard(shard).floats("t" + shard, value, value).strings("s" + shard, "value " + value);
        }
        return bundle.write(directory.resolve(name));
    }

    private static Path index(Path prefix) {
        return prefix.resolveSibling(prefix.getFileName() + ".index");
    }

    /** Replaces the files by renaming, as this library does. */
    private static void replace(Path prefix, Path by, int shards) throws IOException {
        for (int shard = 0; shard < shards; shard++) {
            Files.move(
                    BundleBuilder.data(by, shard, shards),
                    BundleBuilder.data(prefix, shard, shards),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Files.move(index(by), index(prefix), StandardCopyOption.REPLACE_EXISTING);
    }

    private static void assertReplaced(Path prefix, String message, ThrowingCallable read) {
        assertThatExceptionOfType(CheckpointReplacedException.class)
                .isThrownBy(read)
                .withMessageStartingWith(message)
                .withMessageContaining("[file " + prefix)
                .withMessageEndingWith("; open the checkpoint again")
                .withCauseInstanceOf(DataLossException.class);
    }

    @Test
    @DisplayName("its data files are gone")
    void missing() throws IOException {
        Path prefix = write("ckpt", 2, 1);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThat(checkpoint.tensor("t0").toFloatArray()).containsExactly(1, 1);
            replace(prefix, write("new", 1, 2), 1);
            Files.delete(BundleBuilder.data(prefix, 1, 2));
            assertThat(checkpoint.tensor("t0").toFloatArray()).containsExactly(1, 1);
            assertReplaced(prefix, MESSAGE, () -> checkpoint.tensor("t1").toFloatArray());
            assertReplaced(prefix, MESSAGE, () -> checkpoint.tensor("s1").toStringArray());
            assertReplaced(prefix, MESSAGE, () -> checkpoint.verify(problem -> {}));
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThat(checkpoint.tensor("t0").toFloatArray()).containsExactly(2, 2);
        }
    }

    @Test
    @DisplayName("its data files have other bytes")
    void otherBytes() throws IOException {
        for (ReadOptions options : new ReadOptions[] {ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutMapping()}) {
            Path prefix = write("ckpt", 1, 1);
            try (Checkpoint checkpoint = Checkpoint.open(prefix, options)) {
                replace(prefix, write("new", 1, 2), 1);
                assertReplaced(prefix, MESSAGE, () -> checkpoint.tensor("t0").toFloatArray());
                assertReplaced(prefix, MESSAGE, () -> checkpoint.tensor("s0").toStringArray());
                assertReplaced(prefix, MESSAGE, () -> checkpoint.verify(problem -> {}));
            }
        }
    }

    @Test
    @DisplayName("a large tensor that is verified in parts")
    void largeTensor() throws IOException {
        float[] values = new float[3 << 20];
        Path prefix = new BundleBuilder().floats("v", values).write(directory.resolve("ckpt"));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Arrays.fill(values, 1);
            replace(prefix, new BundleBuilder().floats("v", values).write(directory.resolve("new")), 1);
            assertReplaced(prefix, MESSAGE, () -> checkpoint.verify(problem -> {}));
            assertReplaced(prefix, MESSAGE, () -> checkpoint.tensor("v").toFloatArray());
        }
    }

    @Test
    @DisplayName("a copy of it is written meanwhile")
    void copied() throws IOException {
        Path prefix = write("ckpt", 2, 1);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            TensorInfo first = checkpoint.find("t0").orElseThrow();
            TensorInfo second = checkpoint.find("t1").orElseThrow();
            replace(prefix, write("new", 2, 2), 2);
            write(out -> assertReplaced(prefix, MESSAGE, () -> out.copy(checkpoint, first, "t")));
            Files.delete(BundleBuilder.data(prefix, 1, 2));
            write(out -> assertReplaced(prefix, MESSAGE, () -> out.linkShard(checkpoint, 1, Linking.NEVER)));
            Files.write(BundleBuilder.data(prefix, 1, 2), new byte[3]);
            write(out -> {
                out.linkShard(checkpoint, 1, Linking.NEVER);
                assertReplaced(prefix, MESSAGE, () -> out.addReference(checkpoint, second, "t"));
            });
        }
    }

    private interface Writing {
        void to(CheckpointWriter out) throws IOException;
    }

    private void write(Writing writing) throws IOException {
        WriteOptions options = WriteOptions.DEFAULT.withSharding(Sharding.ofMaxBytes(Long.MAX_VALUE));
        try (CheckpointWriter out = CheckpointWriter.open(directory.resolve("copy"), options)) {
            writing.to(out);
        }
    }

    @Test
    @DisplayName("its data files are shorter")
    void shorter() throws IOException {
        Path prefix = new BundleBuilder().floats("v", new float[100_000]).write(directory.resolve("ckpt"));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            replace(prefix, write("new", 1, 2), 1);
            assertReplaced(prefix, MESSAGE, () -> checkpoint.tensor("v").toFloatArray());
            assertReplaced(
                    prefix, MESSAGE, () -> checkpoint.tensor("v").slice("0,1").toFloatArray());
        }
    }

    @Test
    @DisplayName("its index is overwritten in place, as by TensorFlow")
    void indexOverwritten() throws Exception {
        Path prefix = write("ckpt", 1, 1);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            TensorInfo info = checkpoint.find("t0").orElseThrow();
            Thread.sleep(20);
            Path other = write("new", 1, 2);
            Files.copy(
                    BundleBuilder.data(other, 0, 1),
                    BundleBuilder.data(prefix, 0, 1),
                    StandardCopyOption.REPLACE_EXISTING);
            Files.write(index(prefix), Files.readAllBytes(index(other)));
            assertReplaced(prefix, MESSAGE, () -> checkpoint.tensor(info).toFloatArray());
        }
    }

    @Test
    @DisplayName("all its files are deleted, as by Saver's max_to_keep")
    void deleted() throws IOException {
        Path prefix = write("ckpt", 1, 1);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Files.delete(index(prefix));
            Files.delete(BundleBuilder.data(prefix, 0, 1));
            assertReplaced(
                    prefix,
                    "the checkpoint was deleted or replaced while it was being read",
                    () -> checkpoint.tensor("t0").toFloatArray());
        }
    }

    @Test
    @DisplayName("if the index is the same, the damage is reported, however often")
    void sameIndex() throws IOException {
        Path prefix = write("ckpt", 2, 1);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Files.delete(BundleBuilder.data(prefix, 1, 2));
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(DataLossException.class)
                        .isThrownBy(() -> checkpoint.tensor("t1").toFloatArray())
                        .withMessageStartingWith("the data file does not exist");
            }
            // An index that is an equal copy is the same.
            Path copy = Files.copy(index(prefix), directory.resolve("copy"), StandardCopyOption.COPY_ATTRIBUTES);
            Files.move(copy, index(prefix), StandardCopyOption.REPLACE_EXISTING);
            assertThatExceptionOfType(DataLossException.class)
                    .isThrownBy(() -> checkpoint.tensor("t1").toFloatArray());
            // The same check notices a replacement after it.
            replace(prefix, write("new", 1, 2), 1);
            assertReplaced(prefix, MESSAGE, () -> checkpoint.tensor("t1").toFloatArray());
        }
    }

    @Test
    @DisplayName("by a rewriter, again and again: values are of one version, or the exception says so")
    void underStress() throws Exception {
        BundleBuilder bundle = new BundleBuilder();
        for (int i = 0; i < 40; i++) {
            bundle.shard(i % 3).floats("0/t" + i, i, i);
        }
        Path prefix = bundle.write(directory.resolve("ckpt"));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> rewriter = thread.submit(() -> {
                Random random = new Random(1);
                for (int number = 1; number <= 60; number++) {
                    EndlessRewriter.rewrite(prefix, number, random);
                }
                return null;
            });
            while (!rewriter.isDone()) {
                try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
                    for (TensorInfo info : checkpoint.tensors().toList()) {
                        float number = Float.parseFloat(info.name().replaceFirst(".*/t", ""));
                        assertThat(checkpoint.tensor(info).toFloatArray()).containsExactly(number, number);
                    }
                    // Data files of the version before or after are not those of the index.
                    checkpoint.verify(problem -> assertThat(problem.kind()).isEqualTo(ProblemKind.UNUSED_BYTES));
                } catch (CheckpointReplacedException expected) {
                    assertThat(expected).hasMessageContaining("replaced while it was being read");
                }
            }
            rewriter.get();
        } finally {
            thread.shutdownNow();
        }
    }
}
