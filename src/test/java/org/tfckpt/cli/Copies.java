package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Copies of checkpoints, to be damaged. */
final class Copies {
    private Copies() {}

    /** Copies all files of a prefix and returns the prefix of the copy. */
    static Path of(String prefix, Path directory) throws IOException {
        Path source = Path.of(prefix);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(source.getParent(), source.getFileName() + ".*")) {
            for (Path file : files) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        return directory.resolve(source.getFileName());
    }
}
