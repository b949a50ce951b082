package org.tfckpt.writing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.EndlessWriter;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.KilledProcess;

/** Kills a writing process with SIGKILL. */
class CheckpointWriterKillTest {
    private static final int KILLS = Integer.getInteger("tfckpt.kills", 15);

    @TempDir
    private Path directory;

    @Test
    void aWriterThatIsKilledLeavesTheOldCheckpointOrTheNewOne() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed of the kill test: " + seed);
        Random random = new Random(seed);
        Path prefix = directory.resolve("ckpt");
        EndlessWriter.write(prefix, 0, 1);
        int last = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int finished =
                    KilledProcess.run(EndlessWriter.class, prefix, last + 1, random.nextLong(), random.nextInt(60));
            last = number(prefix);
            // At most one checkpoint was being written after the last one that was announced.
            assertThat(last).as("kill %d of seed %d", kill, seed).isBetween(finished, finished + 1);
        }
        EndlessWriter.write(prefix, last, 1);
        assertThat(Folder.names(directory)).containsExactly("ckpt.data-00000-of-00001", "ckpt.index");
    }

    /** Returns the value of all tensors. Fails if the checkpoint is incomplete. */
    private static int number(Path prefix) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            List<TensorInfo> infos = checkpoint.tensors().toList();
            assertThat(infos).hasSize(EndlessWriter.TENSORS);
            for (TensorInfo info : infos) {
                for (int value : checkpoint.tensor(info).toIntArray()) {
                    if (!numbers.contains(value)) {
                        numbers.add(value);
                    }
                }
            }
        }
        assertThat(numbers).hasSize(1);
        return numbers.get(0);
    }
}
