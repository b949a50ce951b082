package org.tfckpt.damage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tfckpt.testing.FullRead;
import org.tfckpt.testing.SmallCheckpoints;

@DisplayName("A single bit that is not as it was written is found out")
class EveryBitTest {
    private static final int SAMPLE = 60;
    private static final long SEED = 6;

    @ParameterizedTest
    @EnumSource
    void someBits(SmallCheckpoints checkpoint) throws IOException {
        Random random = new Random(SEED);
        flip(checkpoint, bits -> random.ints(SAMPLE, 0, bits));
    }

    @Tag("exhaustive")
    @ParameterizedTest
    @EnumSource
    void everyBit(SmallCheckpoints checkpoint) throws IOException {
        int tried = flip(checkpoint, bits -> IntStream.range(0, bits));
        System.out.printf("%s: %,d bits flipped, each found%n", checkpoint, tried);
    }

    /** Flips bits of every file, one at a time. */
    private static int flip(SmallCheckpoints checkpoint, SmallCheckpoints.Choice choice) throws IOException {
        int tried;
        List<String> missed = new ArrayList<>();
        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            Path directory = Files.createDirectory(memory.getPath("/bits"));
            Path path = checkpoint.write(directory);
            FullRead right = FullRead.of(path);
            assertThat(right.problems()).isEmpty();
            assertThat(right.refusals()).isEmpty();
            tried = SmallCheckpoints.flip(directory, choice, place -> {
                FullRead found = FullRead.of(path);
                if (!found.isReported()) {
                    missed.add(place);
                }
                // Whether or not it is refused: what is given is right.
                assertThat(right.values()).as(place).containsAllEntriesOf(found.values());
            });
        }
        assertThat(missed).isEmpty();
        return tried;
    }
}
