package org.tfckpt.edit;

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
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.FailingFileSystem;
import org.tfckpt.testing.Folder;

@DisplayName("After any failed file operation, the old checkpoint or the new one exists")
class RewriteFailureTest {
    private static final int ENOUGH = 200;
    private static final List<String> OLD = List.of("a", "b");
    private static final List<String> NEW = List.of("x/a", "x/b");

    private static void rename(Path source, Path target) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Rewrite.of(checkpoint).rename(NameMapping.sed("s#^#x/#")).build().run(target, true, RewriteProgress.NONE);
        }
    }

    @ParameterizedTest(name = "in place: {0}, with links: {1}, for good: {2}")
    @CsvSource({
        "true, true, true",
        "true, true, false",
        "true, false, true",
        "true, false, false",
        "false, true, true",
        "false, true, false",
        "false, false, true",
        "false, false, false"
    })
    void oldOrNew(boolean inPlace, boolean links, boolean forGood) throws IOException {
        for (int failing = 0; failing < ENOUGH; failing++) {
            try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
                Path directory = Files.createDirectory(memory.getPath("directory"));
                Path source = new BundleBuilder()
                        .header(header -> header.setNumShards(2))
                        .shard(0)
                        .floats("a", 1)
                        .shard(1)
                        .floats("b", 2)
                        .write(directory.resolve("source"));
                Path target = inPlace ? source : directory.resolve("target");
                FailingFileSystem disk = new FailingFileSystem(memory, failing, forGood, links);
                try {
                    rename(disk.path(source), disk.path(target));
                } catch (CheckpointException e) {
                    assertThat(e).hasMessageContaining(FailingFileSystem.FULL);
                }
                if (Files.exists(Folder.sibling(target, ".index"))) {
                    assertThat(Checkpoints.names(target)).isIn(inPlace ? List.of(OLD, NEW) : List.of(NEW));
                    // Data files of the other version may be left, and are reported.
                    assertThat(Checkpoints.problems(target))
                            .allMatch(problem -> problem.matches("unused-bytes .* is not one of the [0-9]+ that .*"));
                } else {
                    assertThat(inPlace).isFalse();
                }
                if (!inPlace) {
                    assertThat(Checkpoints.problems(source)).isEmpty();
                }
                // The next run deletes stale files and succeeds.
                rename(source, target);
                assertThat(Checkpoints.problems(target)).isEmpty();
                assertThat(Folder.names(directory)).noneMatch(name -> name.contains("tmp"));
                if (disk.changes() <= failing) {
                    assertThat(failing).isGreaterThan(5);
                    return;
                }
            }
        }
        throw new AssertionError("more changes than were thought of");
    }
}
