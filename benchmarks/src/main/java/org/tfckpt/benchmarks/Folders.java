package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Deletes directories. */
final class Folders {
    private Folders() {}

    /** Deletes a directory and its contents. */
    static void delete(Path directory) throws IOException {
        empty(directory);
        Files.deleteIfExists(directory);
    }

    /** Deletes the contents of a directory. */
    static void empty(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.filter(path -> !path.equals(directory))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
