package org.tfckpt.fuzz;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that no disk has to hold; the same few are written again and again. */
final class Memory {
    private static final FileSystem FILES = Jimfs.newFileSystem(Configuration.unix());

    private Memory() {}

    /** Where a file of this name is, in a directory of its own for each target. */
    static Path path(String target, String name) {
        try {
            return Files.createDirectories(FILES.getPath("/" + target)).resolve(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(String target, String name, byte[] bytes) throws IOException {
        return Files.write(path(target, name), bytes);
    }
}
