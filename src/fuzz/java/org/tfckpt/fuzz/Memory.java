package org.tfckpt.fuzz;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files in memory, overwritten by every input. */
final class Memory {
    private static final FileSystem FILES = Jimfs.newFileSystem(Configuration.unix());

    private Memory() {}

    /** Returns the path of the file {@code name} of a target. */
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
