package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tfckpt.io.Directories;

/**
 * Finds files of checkpoints that a browser, a file manager or a person has renamed: {@code m.index (1)},
 * {@code m (1).index}, {@code m.data-00000-of-00001.txt}, {@code m.data}.
 */
public final class SimilarFiles {
    private static final Pattern COPY = Pattern.compile("(?i)^copy of | ?\\([0-9]{1,3}\\)| - copy| copy(?=\\.|$)");
    private static final Pattern EXTENSION =
            Pattern.compile("(?i)(?<=\\.index|\\.data|-of-[0-9]{5,9})(?:\\.[a-z0-9]{1,10}|~)+$");
    private static final Pattern DOWNLOAD =
            Pattern.compile("(?i).*\\.(?:crdownload|download|part|partial|filepart|opdownload)");
    private static final Pattern ARCHIVE = Pattern.compile("(?i).*\\.(?:gz|tgz|bz2|xz|zst|zip|7z|rar|tar)");
    private static final String ONLY_SHARD = "-00000-of-00001";

    private SimilarFiles() {}

    /**
     * Says what to do if a missing index or data file exists under another name, as an imperative clause; empty if
     * there is no similarly named file, or if the directory cannot be listed.
     */
    public static Optional<String> advice(Path missing) {
        String name = String.valueOf(missing.getFileName());
        return of(missing).map(similar -> {
            if (DOWNLOAD.matcher(similar).matches()) {
                return "download it again: '" + similar + "' is a download that did not finish";
            }
            if (ARCHIVE.matcher(similar).matches()) {
                return "unpack '" + similar + "'";
            }
            return "rename '" + similar + "' to '" + name + "' if it is this file";
        });
    }

    /** Returns the name of the first file that may be a missing index or data file. */
    public static Optional<String> of(Path missing) {
        BundlePrefix file = BundlePrefix.of(missing);
        String wanted = normalized(file.base());
        try {
            for (Path entry :
                    Directories.list(file.directory(), name -> normalized(name).equals(wanted))) {
                String name = String.valueOf(entry.getFileName());
                if (!name.equals(file.base()) && !belongsElsewhere(entry, name)) {
                    return Optional.of(name);
                }
            }
        } catch (IOException unreadable) {
            // Nothing can be suggested.
        }
        return Optional.empty();
    }

    /** Returns whether an index has data files, or a data file has an index. */
    private static boolean belongsElsewhere(Path file, String name) throws IOException {
        String base = BundlePrefix.baseOf(name);
        if (base.equals(name)) {
            return !Files.isRegularFile(file);
        }
        BundlePrefix prefix = new BundlePrefix(BundlePrefix.of(file).directory(), base);
        return Files.exists(prefix.index()) && !DataFile.of(prefix).isEmpty();
    }

    /**
     * Returns the name that an index or data file probably had before it was renamed; empty if {@code name} is one of
     * those, or is not similar to one.
     */
    public static Optional<String> original(String name) {
        String original = EXTENSION.matcher(COPY.matcher(name).replaceAll("")).replaceFirst("");
        String whole = original.endsWith(".data") ? original + ONLY_SHARD : original;
        return whole.equals(name) || BundlePrefix.baseOf(whole).equals(whole) ? Optional.empty() : Optional.of(whole);
    }

    /** Removes what renaming adds to a name, and unifies separators and case. */
    private static String normalized(String name) {
        String original = original(name).orElse(COPY.matcher(name).replaceAll(""));
        return original.replaceAll("[-_ ]", ".").toLowerCase(Locale.ROOT);
    }
}
