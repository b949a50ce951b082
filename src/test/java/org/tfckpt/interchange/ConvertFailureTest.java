package org.tfckpt.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.Sharding;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.edit.RewriteProgress;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.FailingFileSystem;
import org.tfckpt.testing.Folder;

@DisplayName("After any failed file operation, the old file or set exists, or the new one")
class ConvertFailureTest {
    private static final int ENOUGH = 200;

    private static Path source(Path directory, String name, float value) throws IOException {
        return new BundleBuilder().floats("a", value).floats("b", value, value).write(directory.resolve(name));
    }

    private static void convert(Path source, Path target, int shards) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Rewrite.Builder rewrite = Rewrite.of(checkpoint).format(FileFormat.ofSuffix(target));
            if (shards > 1) {
                rewrite.sharding(Sharding.ofCount(shards));
            }
            rewrite.build().run(target, true, RewriteProgress.NONE);
        }
    }

    /** Returns the value of all tensors. */
    private static float value(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            float a = checkpoint.tensor("a").toFloatArray()[0];
            assertThat(checkpoint.tensor("b").toFloatArray()).containsExactly(a, a);
            return a;
        }
    }

    @ParameterizedTest(name = "{0}, {1} files, before {2}, for good: {3}, with links: {4}")
    @CsvSource({
        "m.safetensors, 1, 0, true, true",
        "m.safetensors, 1, 1, false, true",
        "m.safetensors, 1, 1, true, true",
        "m.safetensors, 2, 0, true, true",
        "m.safetensors, 2, 0, false, true",
        "m.safetensors, 2, 2, true, true",
        "m.safetensors, 2, 2, false, true",
        "m.safetensors, 2, 2, true, false",
        "m.npz, 1, 0, true, true",
        "m.npz, 1, 1, true, true",
        "m.npz, 1, 1, false, true"
    })
    void oldOrNew(String name, int shards, int before, boolean forGood, boolean links) throws IOException {
        for (int failing = 0; failing < ENOUGH; failing++) {
            try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
                Path directory = Files.createDirectory(memory.getPath("directory"));
                Path old = source(directory, "old", 1);
                Path changed = source(directory, "new", 2);
                Path target = directory.resolve(name);
                Path opened = shards == 1 ? target : directory.resolve(name + ".index.json");
                if (before > 0) {
                    convert(old, target, before);
                }
                FailingFileSystem disk = new FailingFileSystem(memory, failing, forGood, links);
                boolean failed = false;
                try {
                    convert(disk.path(changed), disk.path(target), shards);
                } catch (CheckpointException e) {
                    failed = true;
                    assertThat(e).hasMessageContaining(FailingFileSystem.FULL);
                }
                if (Files.exists(opened)) {
                    assertThat(value(opened)).isIn(before > 0 || !failed ? List.of(1f, 2f) : List.of(2f));
                } else {
                    assertThat(before).isZero();
                }
                if (!failed) {
                    assertThat(value(opened)).isEqualTo(2);
                }
                // The next run deletes stale files and succeeds.
                convert(old, target, shards);
                assertThat(value(opened)).isEqualTo(1);
                assertThat(Folder.names(directory)).noneMatch(file -> file.contains("tmp") || file.contains("-new-"));
                if (disk.changes() <= failing) {
                    assertThat(failing).isGreaterThan(3);
                    return;
                }
            }
        }
        throw new AssertionError("more changes than were thought of");
    }
}
