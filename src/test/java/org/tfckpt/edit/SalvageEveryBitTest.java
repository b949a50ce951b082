package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.testing.FullRead;
import org.tfckpt.testing.SmallCheckpoints;

@DisplayName("After any flipped bit, salvaged tensors are correct and all others are reported as lost")
class SalvageEveryBitTest {
    private static final int SAMPLE = 25;
    private static final long SEED = 9;

    @ParameterizedTest
    @EnumSource
    void someBits(SmallCheckpoints checkpoint) throws IOException {
        Random random = new Random(SEED);
        int salvaged = flip(checkpoint, bits -> random.ints(SAMPLE, 0, bits));
        assertThat(salvaged).isPositive();
    }

    @Tag("exhaustive")
    @ParameterizedTest
    @EnumSource
    void everyBit(SmallCheckpoints checkpoint) throws IOException {
        int salvaged = flip(checkpoint, bits -> IntStream.range(0, bits));
        System.out.printf("%s: salvaged with each of %,d bits flipped%n", checkpoint, salvaged);
    }

    /** Returns how often the damaged checkpoint could be opened. */
    private static int flip(SmallCheckpoints checkpoint, SmallCheckpoints.Choice choice) throws IOException {
        int[] salvaged = {0};
        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            Path directory = Files.createDirectory(memory.getPath("/bits"));
            Path target = Files.createDirectory(memory.getPath("/salvaged")).resolve("ckpt");
            Path path = checkpoint.write(directory);
            Map<String, String> right = FullRead.of(path).values();
            SmallCheckpoints.flip(directory, choice, place -> salvaged[0] += salvage(path, target, right, place));
        }
        return salvaged[0];
    }

    private static int salvage(Path damaged, Path target, Map<String, String> right, String place) throws IOException {
        try {
            Checkpoint.open(damaged, ReadOptions.DEFAULT.withoutMapping()).close();
        } catch (CheckpointException refused) {
            return 0;
        }
        try {
            Salvages.all(damaged, target, right);
        } catch (AssertionError e) {
            throw new AssertionError(place, e);
        }
        return 1;
    }
}
