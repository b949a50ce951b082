package org.tfckpt.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.testing.V1Builder.ints;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.V1Builder;

@DisplayName("The files of a checkpoint, by their names")
class CheckpointFilesTest {
    @TempDir
    private Path directory;

    private Path file(String name) {
        return directory.resolve(name);
    }

    /** Writes a checkpoint and its graph, and gives what it is opened by. */
    private Path write(String name, boolean v2, boolean sharded) throws IOException {
        Files.writeString(file(name + ".meta"), "graph");
        if (v2) {
            BundleBuilder bundle = new BundleBuilder().floats("v", 1);
            return (sharded ? bundle.shard(1).floats("w", 2) : bundle).write(file(name));
        }
        V1Builder v1 = new V1Builder().tensor("v", DataType.DT_INT32, new long[0], ints(1));
        if (!sharded) {
            return v1.write(file(name));
        }
        v1.write(file(name + "-00000-of-00002"));
        new V1Builder().tensor("w", DataType.DT_INT32, new long[0], ints(1)).write(file(name + "-00001-of-00002"));
        return file(name + "-?????-of-00002");
    }

    private List<String> names(Path prefix) throws IOException {
        return CheckpointFiles.of(prefix).all().stream()
                .map(path -> directory.relativize(path).toString())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "true, false, m-1.meta m-1.index m-1.data-00000-of-00001",
        "true, true, m-1.meta m-1.index m-1.data-00000-of-00002 m-1.data-00001-of-00002",
        "false, false, m-1.meta m-1",
        "false, true, m-1.meta m-1-00000-of-00002 m-1-00001-of-00002"
    })
    @DisplayName("CK-10 a checkpoint is there once it is written, and gone with its files; its neighbours stay")
    void ck10(boolean v2, boolean sharded, String expected) throws IOException {
        assertThat(CheckpointFiles.of(file("m-1")).isCheckpoint()).isFalse();
        assertThat(CheckpointFiles.of(file("m-1-?????-of-00002")).isCheckpoint())
                .isFalse();
        Path prefix = write("m-1", v2, sharded);
        write("m-10", v2, sharded);
        write("m-1.5", v2, sharded);
        Files.writeString(file("checkpoint"), "model_checkpoint_path: 'm-1'");
        assertThat(CheckpointFiles.of(prefix).isCheckpoint()).isTrue();
        assertThat(names(prefix)).containsExactly(expected.split(" "));
        List<String> others = Folder.names(directory);
        assertThat(others).hasSizeGreaterThan(expected.split(" ").length);
        for (Path old : CheckpointFiles.of(prefix).all()) {
            Files.delete(old);
            others = others.stream()
                    .filter(name -> !name.equals(String.valueOf(old.getFileName())))
                    .toList();
        }
        assertThat(CheckpointFiles.of(prefix).isCheckpoint()).isFalse();
        assertThat(CheckpointFiles.of(prefix).all()).isEmpty();
        assertThat(Folder.names(directory)).isEqualTo(others).contains("checkpoint", "m-10.meta", "m-1.5.meta");
    }

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, false", "false, true"})
    @DisplayName("CK-10 what tells when a checkpoint was saved: the index, or the first file of V1")
    void ck10Times(boolean v2, boolean sharded) throws IOException {
        long[] seconds = {1000, 2000};
        for (int i = 0; i < 2; i++) {
            CheckpointFiles files = CheckpointFiles.of(write("m-" + i, v2, sharded));
            Files.setLastModifiedTime(
                    files.index().orElse(files.data().get(0)),
                    FileTime.from(java.time.Instant.ofEpochSecond(seconds[i])));
        }
        for (int i = 0; i < 2; i++) {
            CheckpointFiles files = CheckpointFiles.of(file("m-" + i + (sharded && !v2 ? "-?????-of-00002" : "")));
            assertThat(Files.getLastModifiedTime(
                                    files.index().orElse(files.data().get(0)))
                            .toInstant()
                            .getEpochSecond())
                    .isEqualTo(seconds[i]);
        }
    }

    @Test
    void dataFilesWithoutAnIndexAreNoCheckpointButAreItsFiles() throws IOException {
        Path prefix = write("m-1", true, true);
        Files.delete(file("m-1.index"));
        assertThat(CheckpointFiles.of(prefix).isCheckpoint()).isFalse();
        assertThat(names(prefix)).containsExactly("m-1.meta", "m-1.data-00000-of-00002", "m-1.data-00001-of-00002");
    }

    @Test
    void noOtherWildcardIsOne() throws IOException {
        write("m-1", false, false);
        write("m-2", false, true);
        for (String name :
                List.of("*", "m-?", "m-[12]", "m*-?????-of-00002", "m-[2]-?????-of-00002", "m??-?????-of-00002", "?")) {
            assertThat(CheckpointFiles.of(file(name)).all()).as(name).isEmpty();
        }
        Path odd = write("[m]*", false, true);
        assertThat(names(odd)).containsExactly("[m]*.meta", "[m]*-00000-of-00002", "[m]*-00001-of-00002");
    }

    @Test
    void whereNoDirectoryIsThereIsNothing() throws IOException {
        assertThat(CheckpointFiles.of(file("nowhere/m-1")).all()).isEmpty();
        assertThat(CheckpointFiles.of(Path.of("no-such-checkpoint-here-1")).all())
                .isEmpty();
    }

    @Test
    @DisplayName("SV-08 names with the step, padded or not")
    void sv08() {
        assertThat(CheckpointFiles.prefix(Path.of("log/path"), 5)).isEqualTo(Path.of("log/path-5"));
        assertThat(CheckpointFiles.paddedPrefix(Path.of("log/path"), 5)).isEqualTo(Path.of("log/path-00000005"));
        assertThat(CheckpointFiles.prefix(Path.of("path"), 0)).isEqualTo(Path.of("path-0"));
        assertThat(CheckpointFiles.paddedPrefix(Path.of("path"), 1234567890)).isEqualTo(Path.of("path-1234567890"));
        assertThat(CheckpointFiles.prefix(directory.resolve("path"), 5)).isEqualTo(directory.resolve("path-5"));
    }
}
