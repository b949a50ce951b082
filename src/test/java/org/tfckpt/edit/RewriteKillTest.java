package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.EndlessRewriter;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.KilledProcess;

/** Kills a rewriting process with SIGKILL. */
class RewriteKillTest {
    private static final int KILLS = Integer.getInteger("tfckpt.kills", 12);
    private static final int TENSORS = 4;

    @TempDir
    private Path directory;

    @Test
    void killedInPlaceRewriteLeavesOldOrNewNames() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed of the kill test: " + seed);
        Random random = new Random(seed);
        Path prefix = directory.resolve("ckpt");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (int i = 0; i < TENSORS; i++) {
                out.add("0/tensor" + i, Shape.of(30_000), ValueSource.of(new int[30_000]));
            }
            out.finish();
        }
        int last = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int finished =
                    KilledProcess.run(EndlessRewriter.class, prefix, last + 1, random.nextLong(), random.nextInt(60));
            assertThat(Checkpoints.problems(prefix))
                    .as("kill %d of seed %d", kill, seed)
                    .isEmpty();
            last = number(prefix);
            assertThat(last).as("kill %d of seed %d", kill, seed).isBetween(finished, finished + 1);
        }
        // The next run deletes stale files.
        try (Checkpoint source = Checkpoint.open(prefix)) {
            Rewrite.of(source).sharding(org.tfckpt.Sharding.ofCount(1)).build().run(prefix, true, RewriteProgress.NONE);
        }
        assertThat(Folder.names(directory)).containsExactly("ckpt.data-00000-of-00001", "ckpt.index");
    }

    /** The number that all names start with. */
    private static int number(Path prefix) throws IOException {
        List<String> names = Checkpoints.names(prefix);
        assertThat(names).hasSize(TENSORS);
        TreeSet<String> numbers = new TreeSet<>();
        names.forEach(name -> numbers.add(name.substring(0, name.indexOf('/'))));
        assertThat(numbers).hasSize(1);
        return Integer.parseInt(numbers.first());
    }
}
