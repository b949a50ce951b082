package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.commons.io.filefilter.WildcardFileFilter;

/** Copies of checkpoints, to be damaged. */
final class Copies {
    private Copies() {}

    /** Copies all files of a prefix and returns the prefix of the copy. */
    static Path of(String prefix, Path directory) throws IOException {
        Path source = Path.of(prefix);
        FileUtils.copyDirectory(
                source.getParent().toFile(),
                directory.toFile(),
                WildcardFileFilter.builder()
                        .setWildcards(source.getFileName() + ".*")
                        .get());
        return directory.resolve(source.getFileName());
    }
}
