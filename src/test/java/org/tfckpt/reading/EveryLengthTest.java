package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.FullRead;
import org.tfckpt.testing.SmallCheckpoints;

@DisplayName("Files that are too short, too long, from another checkpoint, or missing")
class EveryLengthTest {
    private interface Body {
        void run(Path path, Map<Path, byte[]> files, FullRead right) throws IOException;
    }

    private static void each(SmallCheckpoints checkpoint, Body body) throws IOException {
        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            Path directory = Files.createDirectory(memory.getPath("/lengths"));
            Path path = checkpoint.write(directory);
            body.run(path, SmallCheckpoints.files(directory), FullRead.of(path));
        }
    }

    /** Checks that the damage is reported and that only correct values are returned. */
    private static void isFound(Path path, FullRead right, String what) throws IOException {
        FullRead found = FullRead.of(path);
        assertThat(found.isReported()).as(what).isTrue();
        assertThat(right.values()).as(what).containsAllEntriesOf(found.values());
    }

    @ParameterizedTest
    @EnumSource
    void cutOffAtEveryByte(SmallCheckpoints checkpoint) throws IOException {
        each(checkpoint, (path, files, right) -> {
            for (Map.Entry<Path, byte[]> file : files.entrySet()) {
                byte[] bytes = file.getValue();
                for (int length = 0; length < bytes.length; length++) {
                    boolean onlyPadding =
                            isZero(bytes, length) && file.getKey().toString().contains(".data-");
                    if (!onlyPadding || checkpoint != SmallCheckpoints.ALIGNED) {
                        Files.write(file.getKey(), Arrays.copyOf(bytes, length));
                        isFound(path, right, file.getKey() + " cut off at " + length);
                    }
                }
                Files.write(file.getKey(), bytes);
            }
        });
    }

    private static boolean isZero(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @EnumSource
    void extended(SmallCheckpoints checkpoint) throws IOException {
        each(checkpoint, (path, files, right) -> {
            for (Map.Entry<Path, byte[]> file : files.entrySet()) {
                byte[] bytes = file.getValue();
                for (int more : new int[] {1, 7, 48, 100}) {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + more);
                    Arrays.fill(longer, bytes.length, longer.length, (byte) 'x');
                    Files.write(file.getKey(), longer);
                    isFound(path, right, file.getKey() + " and " + more + " bytes");
                }
                Files.write(file.getKey(), bytes);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aFileIsNotThere(SmallCheckpoints checkpoint) throws IOException {
        each(checkpoint, (path, files, right) -> {
            for (Map.Entry<Path, byte[]> file : files.entrySet()) {
                Files.delete(file.getKey());
                isFound(path, right, "without " + file.getKey());
                Files.write(file.getKey(), file.getValue());
            }
        });
    }

    @Test
    void shardsSwapped() throws IOException {
        each(SmallCheckpoints.SHARDED, (path, files, right) -> {
            Path first = BundleBuilder.data(path, 0, 3);
            Path second = BundleBuilder.data(path, 1, 3);
            Files.write(first, files.get(second));
            Files.write(second, files.get(first));
            isFound(path, right, "shards swapped");
        });
    }

    @Test
    void dataFilesOfAnotherCheckpoint() throws IOException {
        each(SmallCheckpoints.V2, (path, files, right) -> {
            new BundleBuilder().floats("a", 3, 4).floats("b", 5).write(path.resolveSibling("other"));
            Files.write(
                    BundleBuilder.data(path, 0, 1),
                    Files.readAllBytes(BundleBuilder.data(path.resolveSibling("other"), 0, 1)));
            isFound(path, right, "another's data");
        });
    }

    @Test
    void anIndexOfAnotherCheckpoint() throws IOException {
        each(SmallCheckpoints.V2, (path, files, right) -> {
            byte[] index = new BundleBuilder().floats("a", 3, 4).index();
            Files.write(path.resolveSibling("ckpt.index"), index);
            FullRead found = FullRead.of(path);
            assertThat(found.isReported()).isTrue();
            assertThat(found.values()).isEmpty();
        });
    }

    @Test
    void aSecondSaveHalfCopied() throws IOException {
        // Same names, shapes and offsets: only the checksums tell the files of two steps apart.
        each(SmallCheckpoints.SHARDED, (path, files, right) -> {
            Map<Path, byte[]> later = new TreeMap<>();
            Path other = Files.createDirectory(path.resolveSibling("later")).resolve("ckpt");
            new BundleBuilder()
                    .floats("first", 70, 80)
                    .shard(1)
                    .floats("a", 10, 20)
                    .shard(2)
                    .floats("last", 90)
                    .write(other);
            later.put(BundleBuilder.data(path, 2, 3), Files.readAllBytes(BundleBuilder.data(other, 2, 3)));
            for (Map.Entry<Path, byte[]> file : later.entrySet()) {
                Files.write(file.getKey(), file.getValue());
                isFound(path, right, "mixed with a later save");
            }
        });
    }
}
