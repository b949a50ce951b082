package org.tfckpt.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.storage.Storages;
import org.tfckpt.testing.Corpus;

class CheckpointSearchTest {
    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static List<String> names(Path root, List<Path> checkpoints) {
        List<String> names = new ArrayList<>();
        for (Path checkpoint : checkpoints) {
            names.add(checkpoint.toString().substring(root.toString().length()));
        }
        return names;
    }

    @Test
    void aStorageIsSearchedAsADirectoryIs() throws IOException {
        Path root = Corpus.root().resolve("field");
        Map<String, byte[]> contents = new HashMap<>();
        for (Path file : files(root)) {
            contents.put(root.relativize(file).toString(), Files.readAllBytes(file));
        }
        try (StorageFileSystem storage = new StorageFileSystem(Storages.of(contents), 1 << 22)) {
            Path all = storage.getPath("/");
            CheckpointSearch.Found found = CheckpointSearch.search(all, unreadable -> {});

            CheckpointSearch.Found expected = CheckpointSearch.search(root, unreadable -> {});
            List<String> local = names(root.resolve("x").getParent(), expected.checkpoints()).stream()
                    .map(name -> name.substring(1))
                    .toList();
            assertThat(found.checkpoints())
                    .extracting(path -> path.toString().replaceFirst("^memory:/*|^/", ""))
                    .containsExactlyInAnyOrderElementsOf(local);
            assertThat(found.interrupted()).hasSameSizeAs(expected.interrupted());
        }
    }

    @Test
    void filesAreSortedIntoCheckpoints() throws IOException {
        Path root = Corpus.root().resolve("golden");

        assertThat(CheckpointSearch.among(files(root), unreadable -> {}).checkpoints())
                .containsExactlyElementsOf(CheckpointSearch.below(root, unreadable -> {}));
    }
}
