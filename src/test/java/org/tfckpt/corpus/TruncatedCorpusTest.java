package org.tfckpt.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.TensorDigest;
import org.tfckpt.files.CheckpointLocator;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Corpus.Expected;

@DisplayName("If a file of a checkpoint is truncated, reading and verifying name it")
class TruncatedCorpusTest {
    /** Larger files have nothing that smaller ones do not have. */
    private static final long LARGEST = 1 << 20;

    @TempDir
    private Path directory;

    static Stream<Expected> checkpoints() {
        return Corpus.checkpoints().stream()
                .filter(expected -> expected.missingShards().isEmpty())
                .filter(expected -> !expected.string("prefix").isEmpty());
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void everyFileAtSeveralLengths(Expected expected) throws IOException {
        Path copy = directory.resolve(expected.string("prefix"));
        Files.createDirectories(copy.getParent());
        List<Path> files =
                new ArrayList<>(CheckpointLocator.locate(expected.path()).files());
        long[] needed;
        try (Checkpoint intact = Checkpoint.open(expected.path())) {
            needed = new long[intact.shardCount()];
            for (int shard = 0; expected.isV2() && shard < needed.length; shard++) {
                files.add(Path.of(String.format("%s.data-%05d-of-%05d", expected.path(), shard, needed.length)));
            }
            intact.entries().map(TensorInfo::storage).forEach(storage -> {
                if (storage != null) {
                    needed[storage.shard()] = Math.max(needed[storage.shard()], storage.offset() + storage.size());
                }
            });
        }
        for (Path file : files) {
            Files.copy(file, copy.resolveSibling(file.getFileName()));
        }
        for (int i = 0; i < files.size(); i++) {
            Path file = copy.resolveSibling(files.get(i).getFileName());
            byte[] bytes = Files.readAllBytes(file);
            boolean data = expected.isV2() && i > 0;
            long end = data ? needed[i - 1] : bytes.length;
            LongStream lengths =
                    LongStream.of(0, 1, 47, 100, end / 2, end - 1).filter(length -> length >= 0 && length < end);
            if (bytes.length <= LARGEST) {
                for (long length : lengths.distinct().toArray()) {
                    Files.write(file, Arrays.copyOf(bytes, (int) length));
                    assertNamed(copy, file);
                }
            }
            Files.write(file, bytes);
        }
    }

    private static void assertNamed(Path checkpoint, Path truncated) throws IOException {
        List<CheckpointException> failures = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        try (Checkpoint opened = Checkpoint.open(checkpoint, ReadOptions.DEFAULT.withoutMapping())) {
            Iterator<TensorInfo> tensors = opened.tensorIterator();
            while (tensors.hasNext()) {
                try {
                    assertThat(TensorDigest.sha256(opened.tensor(tensors.next())))
                            .isNotEmpty();
                } catch (CheckpointException e) {
                    failures.add(e);
                }
            }
            opened.verify(problems::add);
            assertThat(problems).extracting(Problem::file).contains(truncated.toString());
        } catch (CheckpointException e) {
            failures.add(e);
        }
        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(e -> assertThat(e)
                        .hasMessageContaining("file " + truncated)
                        .satisfies(
                                context -> assertThat(context.context().file()).isEqualTo(truncated.toString())));
    }
}
