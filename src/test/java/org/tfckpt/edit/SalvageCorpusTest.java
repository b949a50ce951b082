package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Corpus.Expected;
import org.tfckpt.testing.FullRead;

@DisplayName("Checkpoints written by TensorFlow are salvaged after any damage to a file")
class SalvageCorpusTest {
    private static final long SEED = 11;
    private static final int LARGEST = 60_000;
    private static final int FLIPS = 3;

    @TempDir
    private Path directory;

    /** An in-memory file system, for speed. */
    private final FileSystem memory = Jimfs.newFileSystem(Configuration.unix());

    private final Path target = memory.getPath("/target");

    @AfterEach
    void forget() throws IOException {
        memory.close();
    }

    /** One checkpoint of each kind in the corpus. */
    static Stream<Expected> golden() {
        return Corpus.checkpoints().stream()
                .filter(expected -> expected.path().startsWith(Corpus.root().resolve("golden"))
                        || expected.path().startsWith(Corpus.root().resolve("story/tf2")))
                .filter(expected -> size(expected) < LARGEST || expected.path().startsWith(Rewrites.STORY));
    }

    static Stream<Expected> withMissingShards() {
        return Corpus.v2().stream().filter(expected -> !expected.missingShards().isEmpty());
    }

    private static long size(Expected expected) {
        try {
            return files(expected.path()).stream()
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path path) throws IOException {
        String name = path.getFileName().toString().replace("?????", "*");
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(path.getParent(), name + "{,.index,.data-*}")) {
            found.forEach(files::add);
        }
        return files;
    }

    private Path copy(Expected expected, String name) throws IOException {
        Path copy = Files.createDirectory(directory.resolve(name));
        for (Path file : files(expected.path())) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        return copy.resolve(expected.path().getFileName());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void flippedTruncatedAndDeleted(Expected expected) throws IOException {
        Random random = new Random(SEED);
        Path path = copy(expected, "damaged");
        Map<String, String> right = FullRead.of(path).values();
        assertThat(right).isNotEmpty();
        for (Path file : files(path)) {
            byte[] bytes = Files.readAllBytes(file);
            for (int flip = 0; flip < FLIPS && bytes.length > 0; flip++) {
                Salvages.flip(file, random.nextLong(8L * bytes.length));
                salvage(path, right);
                Files.write(file, bytes);
            }
            Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            salvage(path, right);
            Files.delete(file);
            salvage(path, right);
            Files.write(file, bytes);
        }
        assertThat(Salvages.all(path, target, right).lost()).isEmpty();
    }

    private void salvage(Path path, Map<String, String> right) throws IOException {
        try {
            Checkpoint.open(path).close();
        } catch (CheckpointException refused) {
            return;
        }
        Salvages.all(path, target, right);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withMissingShards")
    void missingDataFiles(Expected expected) throws IOException {
        Salvages.Salvaged salvaged = Salvages.run(expected.path(), target, options -> options);
        assertThat(salvaged.lost()).extracting(problem -> problem.kind()).containsOnly(ProblemKind.MISSING_FILE);
        Map<String, String> there = new TreeMap<>(FullRead.of(expected.path()).values());
        there.keySet().removeIf(name -> name.startsWith(ObjectKeys.OBJECT_GRAPH));
        assertThat(salvaged.values()).isEqualTo(there);
        assertThat(salvaged.values())
                .hasSize(expected.tensors().size() - salvaged.lost().size());
    }
}
