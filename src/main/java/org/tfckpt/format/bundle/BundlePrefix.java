package org.tfckpt.format.bundle;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The prefix P of the files of a bundle: {@code P.index}, {@code P.data-00000-of-00001}.
 *
 * @param directory the directory of the files; the empty path for the current directory
 * @param base the beginning of their names; may be empty, for files named {@code .index} and so on
 */
public record BundlePrefix(Path directory, String base) {
    private static final String INDEX = ".index";
    private static final String DATA = "(?s)(.*)\\.data-[0-9]{5,}-of-[0-9]{5,}";

    /** Returns a path as a prefix. */
    public static BundlePrefix of(Path path) {
        Path parent = path.getParent();
        Path name = path.getFileName();
        return new BundlePrefix(parent == null ? path.resolveSibling("") : parent, name == null ? "" : name.toString());
    }

    /** Returns the prefix of an index file, whose name ends with {@code .index}. */
    public static BundlePrefix ofIndex(Path index) {
        BundlePrefix file = of(index);
        return new BundlePrefix(file.directory, baseOf(file.base));
    }

    /** Removes {@code .index} or {@code .data-…} from the name of a file; returns the name itself if it has neither. */
    public static String baseOf(String name) {
        if (name.endsWith(INDEX)) {
            return name.substring(0, name.length() - INDEX.length());
        }
        Matcher data = Pattern.compile(DATA).matcher(name);
        return data.matches() ? data.group(1) : name;
    }

    /** Returns the path of the index file. */
    public Path index() {
        return directory.resolve(base + INDEX);
    }

    /** Returns the path of a data file, whose name has the number of shards in the header. */
    public Path data(int shard, int count) {
        return directory.resolve(base + ".data-" + number(shard) + "-of-" + number(count));
    }

    /** Pads a number to five digits; a formatter would slow down lookups. */
    private static String number(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, 5 - digits.length())) + digits;
    }

    /** Returns the prefix as a path: the directory and the base. */
    @Override
    public String toString() {
        if (!base.isEmpty()) {
            return directory.resolve(base).toString();
        }
        String name = directory.toString().isEmpty() ? "." : directory.toString();
        return name + directory.getFileSystem().getSeparator();
    }
}
