package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A data file that is there, by its name.
 *
 * @param path where it is
 * @param shard its number
 * @param count how many there are, by its name
 */
record DataFile(Path path, int shard, int count) {
    private static final Pattern NAME = Pattern.compile("\\.data-([0-9]{5,9})-of-([0-9]{5,9})");

    /** All that belong to a prefix, whatever their count. */
    static List<DataFile> of(BundlePrefix prefix) throws IOException {
        List<DataFile> found = new ArrayList<>();
        for (Path file : siblings(prefix)) {
            Matcher name = NAME.matcher(rest(prefix, file));
            if (name.matches()) {
                found.add(new DataFile(file, Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2))));
            }
        }
        return found;
    }

    /** All files whose names begin as those of a prefix do. */
    static List<Path> siblings(BundlePrefix prefix) throws IOException {
        Path directory = prefix.directory();
        List<Path> found = new ArrayList<>();
        // The empty path is a directory, but it has no entries of its own to list.
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(
                directory.toString().isEmpty() ? directory.toAbsolutePath() : directory,
                entry -> entry.getFileName().toString().startsWith(prefix.base() + "."))) {
            entries.forEach(entry -> found.add(directory.resolve(entry.getFileName())));
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    /** What stands behind the prefix in a file's name. */
    static String rest(BundlePrefix prefix, Path file) {
        return file.getFileName().toString().substring(prefix.base().length());
    }
}
