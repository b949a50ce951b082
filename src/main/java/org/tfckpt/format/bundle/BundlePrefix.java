package org.tfckpt.format.bundle;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the names of a bundle's files begin with: {@code P.index}, {@code P.data-00000-of-00001}.
 *
 * @param directory where they are; empty for the current one
 * @param base the first part of their names; it may be empty (the files are called {@code .index} and so on)
 */
public record BundlePrefix(Path directory, String base) {
    private static final String INDEX = ".index";
    private static final String DATA = "(?s)(.*)\\.data-[0-9]{5,}-of-[0-9]{5,}";

    /**
     * The prefix that a path spells.
     *
     * @param path directory and first part of the names
     * @return the prefix
     */
    public static BundlePrefix of(Path path) {
        Path parent = path.getParent();
        Path name = path.getFileName();
        return new BundlePrefix(parent == null ? path.resolveSibling("") : parent, name == null ? "" : name.toString());
    }

    /**
     * Returns the prefix of an index file.
     *
     * @param index a path that ends with {@code .index}
     * @return the prefix
     */
    public static BundlePrefix ofIndex(Path index) {
        BundlePrefix file = of(index);
        return new BundlePrefix(file.directory, baseOf(file.base));
    }

    /**
     * The prefix that a file's name belongs to.
     *
     * @param name the file's name
     * @return what stands before {@code .index} or {@code .data-…}; the name itself if it is neither
     */
    public static String baseOf(String name) {
        if (name.endsWith(INDEX)) {
            return name.substring(0, name.length() - INDEX.length());
        }
        Matcher data = Pattern.compile(DATA).matcher(name);
        return data.matches() ? data.group(1) : name;
    }

    /**
     * The index file.
     *
     * @return its path
     */
    public Path index() {
        return directory.resolve(base + INDEX);
    }

    /**
     * A data file.
     *
     * @param shard its number
     * @param count how many there are, by the header
     * @return its path
     */
    public Path data(int shard, int count) {
        return directory.resolve(base + ".data-" + number(shard) + "-of-" + number(count));
    }

    /** At least five digits; a tensor's lookup should not wait for a formatter. */
    private static String number(int number) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, 5 - digits.length())) + digits;
    }

    /**
     * The prefix as people write it.
     *
     * @return directory and base
     */
    @Override
    public String toString() {
        if (!base.isEmpty()) {
            return directory.resolve(base).toString();
        }
        String name = directory.toString().isEmpty() ? "." : directory.toString();
        return name + directory.getFileSystem().getSeparator();
    }
}
