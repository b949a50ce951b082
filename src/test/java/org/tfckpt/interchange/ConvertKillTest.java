package org.tfckpt.interchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.EndlessConverter;
import org.tfckpt.testing.EndlessWriter;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.KilledProcess;

/** Kills a converting process with SIGKILL. */
class ConvertKillTest {
    private static final int KILLS = Integer.getInteger("tfckpt.kills", 8);

    @TempDir
    private Path directory;

    /** A safetensors file is replaced by a set of files, and the reverse, at random. */
    @ParameterizedTest
    @CsvSource({"model.safetensors", "model.npz", "model.npy"})
    void aConversionThatIsKilledLeavesTheOldFilesOrTheNewOnes(String name) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed of the kill test: " + seed);
        Random random = new Random(seed);
        Path out = Files.createDirectory(directory.resolve("out"));
        Path file = out.resolve(name);
        EndlessConverter.convert(file, 0, 1);
        int last = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int finished =
                    KilledProcess.run(EndlessConverter.class, file, last + 1, random.nextLong(), random.nextInt(60));
            last = number(name.equals("model.safetensors") ? out : file, name.equals("model.npy"));
            // At most one file was being written after the last one that was announced.
            assertThat(last).as("kill %d of seed %d", kill, seed).isBetween(finished, finished + 1);
        }
        EndlessConverter.convert(file, last, 1);
        assertThat(Folder.names(out)).containsExactly(name);
    }

    /** Returns the value of all tensors. Fails if one is missing. */
    private static int number(Path path, boolean single) throws IOException {
        TreeSet<Integer> numbers = new TreeSet<>();
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            assertThat(checkpoint.tensors()).hasSize(single ? 1 : EndlessWriter.TENSORS);
            for (TensorInfo info : checkpoint.tensors().toList()) {
                for (int value : checkpoint.tensor(info).toIntArray()) {
                    numbers.add(value);
                }
            }
        }
        assertThat(numbers).hasSize(1);
        return numbers.first();
    }
}
