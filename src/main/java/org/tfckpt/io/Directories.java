package org.tfckpt.io;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Lists directories. */
public final class Directories {
    private Directories() {}

    /** Returns the entries of a directory whose names match, sorted. The empty path is the current directory. */
    public static List<Path> list(Path directory, Predicate<String> names) throws IOException {
        // Some file systems cannot list the empty path.
        Path listed = directory.toString().isEmpty() ? directory.toAbsolutePath() : directory;
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(listed, entry -> names.test(String.valueOf(entry.getFileName())))) {
            entries.forEach(entry -> found.add(directory.resolve(entry.getFileName())));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        found.sort(null);
        return found;
    }
}
