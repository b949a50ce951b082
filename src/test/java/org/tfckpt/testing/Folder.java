package org.tfckpt.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Looks into folders and files. */
public final class Folder {
    private Folder() {}

    /** The names in a folder, sorted. */
    public static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file's bytes in hexadecimal. */
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

    /** Another file of a checkpoint: {@code .index}, {@code .data-00000-of-00001}. */
    public static Path sibling(Path prefix, String end) {
        Path name = prefix.getFileName();
        return prefix.resolveSibling((name == null ? "" : name.toString()) + end);
    }
}
