package org.tfckpt.writing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointMerge;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Sharding;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.FailingFileSystem;
import org.tfckpt.testing.Folder;

@DisplayName("WR-07 WR-08 after any failed file operation, the old checkpoint or the new one exists")
class CheckpointWriterFailureTest {
    private static final int TENSORS = 5;
    private static final int ENOUGH = 200;

    /** The number of data files of the old checkpoint (0 for none) and of the new one, and whether hard links work. */
    static Stream<Arguments> cases() {
        return Stream.of(0, 1, 2, 3)
                .flatMap(old -> Stream.of(1, 2, 3)
                        .flatMap(now -> Stream.of(Arguments.of(old, now, true), Arguments.of(old, now, false))));
    }

    private static void write(Path prefix, int shards, float value, boolean overwrite) throws IOException {
        WriteOptions options = WriteOptions.DEFAULT.withSharding(Sharding.ofCount(shards));
        try (CheckpointWriter out = CheckpointWriter.open(prefix, overwrite ? options.overwriting() : options)) {
            for (int i = 0; i < TENSORS; i++) {
                float[] values = new float[5000];
                values[4999] = value;
                out.add("tensor" + i, Shape.of(5000), org.tfckpt.ValueSource.of(values));
            }
            out.finish();
        }
    }

    /** Returns the value of all tensors, or 0 if there is no checkpoint. Fails if it is incomplete. */
    private static float value(Path prefix) throws IOException {
        if (!Files.exists(Folder.sibling(prefix, ".index"))) {
            return 0;
        }
        List<Float> values = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThat(checkpoint.tensors()).hasSize(TENSORS);
            for (int i = 0; i < TENSORS; i++) {
                values.add(checkpoint.tensor("tensor" + i).toFloatArray()[4999]);
            }
        }
        assertThat(values).containsOnly(values.get(0));
        return values.get(0);
    }

    private static int shards(Path prefix) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            return checkpoint.shardCount();
        }
    }

    private static List<String> files(int shards) {
        List<String> names = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            names.add(String.format("ckpt.data-%05d-of-%05d", shard, shards));
        }
        names.add("ckpt.index");
        return shards == 0 ? List.of() : names;
    }

    private interface Attempt {
        /** Whether the failure was reached. */
        boolean run(Path prefix, int failing) throws IOException;
    }

    private static void forEachChange(int old, Attempt attempt) throws IOException {
        for (int failing = 0; failing < ENOUGH; failing++) {
            try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
                Path directory = Files.createDirectory(memory.getPath("directory"));
                Path prefix = directory.resolve("ckpt");
                if (old > 0) {
                    write(prefix, old, 1, false);
                }
                if (!attempt.run(prefix, failing)) {
                    assertThat(failing).isGreaterThan(5);
                    return;
                }
            }
        }
        throw new AssertionError("more changes than were thought of");
    }

    @ParameterizedTest(name = "{0} data files, then {1}, with links: {2}")
    @MethodSource("cases")
    void aFullDiskIsOneExceptionAndLeavesNoHalf(int old, int now, boolean links) throws IOException {
        forEachChange(old, (prefix, failing) -> {
            FailingFileSystem disk = new FailingFileSystem(prefix.getFileSystem(), failing, false, links);
            try {
                write(disk.path(prefix), now, 2, old > 0);
            } catch (CheckpointException e) {
                assertThat(e).hasMessageContaining(FailingFileSystem.FULL);
            }
            float value = value(prefix);
            assertThat(value).isIn(2f, old > 0 ? 1f : 0f);
            if (value == 2 && shards(prefix) == now) {
                // All that may be left are old data files that could not be deleted.
                assertThat(Folder.names(prefix.getParent())).containsAll(files(now));
            } else if (value == 2) {
                assertThat(shards(prefix)).isGreaterThan(now);
            } else {
                assertThat(Folder.names(prefix.getParent())).isEqualTo(files(old));
            }
            write(prefix, now, 3, true);
            assertThat(value(prefix)).isEqualTo(3);
            assertThat(Folder.names(prefix.getParent())).isEqualTo(files(now));
            return disk.changes() > failing;
        });
    }

    @ParameterizedTest(name = "{0} data files, then {1}, with links: {2}")
    @MethodSource("cases")
    void aProcessThatEndsAnywhereLeavesTheOldOrTheNew(int old, int now, boolean links) throws IOException {
        forEachChange(old, (prefix, failing) -> {
            FailingFileSystem disk = new FailingFileSystem(prefix.getFileSystem(), failing, true, links);
            try {
                write(disk.path(prefix), now, 2, old > 0);
            } catch (IOException killed) {
                assertThat(disk.changes()).isGreaterThan(failing);
            }
            float value = value(prefix);
            assertThat(value).isIn(2f, old > 0 ? 1f : 0f);
            // Stale files are deleted, unless they cannot be recognised because there are no hard links.
            write(prefix, now, 3, links ? value > 0 : true);
            assertThat(value(prefix)).isEqualTo(3);
            assertThat(Folder.names(prefix.getParent())).isEqualTo(files(now));
            return disk.changes() > failing;
        });
    }

    /** 40 MiB, so that data is synced more than once while writing. */
    @ParameterizedTest(name = "{0} floats")
    @ValueSource(ints = {1, 10_000_000})
    void aDiskThatTakesNothingForGoodIsOneExceptionAndLeavesTheOld(int elements) throws IOException {
        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            Path prefix = Files.createDirectory(memory.getPath("directory")).resolve("ckpt");
            write(prefix, 1, 1, false);
            Path path = FailingFileSystem.ofForces(memory).path(prefix);
            assertThatThrownBy(() -> {
                        try (CheckpointWriter out = CheckpointWriter.open(path, WriteOptions.DEFAULT.overwriting())) {
                            out.add("a", Shape.of(elements), org.tfckpt.ValueSource.of(new float[elements]));
                            out.add("b", Shape.of(elements), org.tfckpt.ValueSource.of(new float[elements]));
                            out.finish();
                        }
                    })
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining(FailingFileSystem.FULL);
            assertThat(value(prefix)).isEqualTo(1);
            assertThat(Folder.names(prefix.getParent())).isEqualTo(files(1));
        }
    }

    @ParameterizedTest(name = "with links: {0}")
    @ValueSource(booleans = {true, false})
    void aMergeThatEndsAnywhereLosesNothing(boolean links) throws IOException {
        for (int failing = 0; ; failing++) {
            try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
                Path directory = Files.createDirectory(memory.getPath("directory"));
                Path first = directory.resolve("first");
                Path second = directory.resolve("second");
                write(first, 2, 1, false);
                try (CheckpointWriter out = CheckpointWriter.open(second)) {
                    out.add("other", Shape.of(), org.tfckpt.ValueSource.of(2f));
                    out.finish();
                }
                FailingFileSystem disk = new FailingFileSystem(memory, failing, true, links);
                Path merged = directory.resolve("merged");
                try {
                    new CheckpointMerge(List.of(disk.path(first), disk.path(second))).into(disk.path(merged));
                } catch (IOException killed) {
                    assertThat(disk.changes()).isGreaterThan(failing);
                }
                boolean done = Files.exists(Folder.sibling(merged, ".index"));
                assertThat(Checkpoints.problems(done ? merged : first)).isEmpty();
                assertThat(Checkpoints.problems(done ? merged : second)).isEmpty();
                assertThat(Checkpoints.names(done ? merged : first)).hasSize(done ? TENSORS + 1 : TENSORS);
                if (disk.changes() <= failing) {
                    assertThat(done).isTrue();
                    assertThat(Folder.names(directory)).hasSize(4);
                    return;
                }
            }
        }
    }
}
