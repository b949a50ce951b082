package org.tfckpt.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Names and contents of files, without checked exceptions. */
public final class Folder {
    private Folder() {}

    /** Returns the sorted names of the files in a directory. */
    public static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the bytes of a file in hexadecimal. */
    public static String hex(Path file) {
        return HexFormat.of().formatHex(bytes(file));
    }

    public static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the path of a file of a checkpoint, such as {@code .index} or {@code .data-00000-of-00001}. */
    public static Path sibling(Path prefix, String end) {
        Path name = prefix.getFileName();
        return prefix.resolveSibling((name == null ? "" : name.toString()) + end);
    }
}
