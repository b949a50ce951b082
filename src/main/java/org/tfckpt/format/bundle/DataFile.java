package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tfckpt.io.Directories;

/** An existing data file, with the number and the number of shards in its name. */
record DataFile(Path path, int shard, int count) {
    private static final Pattern NAME = Pattern.compile("\\.data-([0-9]{5,9})-of-([0-9]{5,9})");

    /** Finds the data files of a prefix, with any number of shards in their names. */
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

    /** Finds all files whose names begin with the prefix and a dot. */
    static List<Path> siblings(BundlePrefix prefix) throws IOException {
        return Directories.list(prefix.directory(), name -> name.startsWith(prefix.base() + "."));
    }

    /** Returns the part of the name of a file after the prefix. */
    static String rest(BundlePrefix prefix, Path file) {
        return file.getFileName().toString().substring(prefix.base().length());
    }
}
