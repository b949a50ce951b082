package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tfckpt.format.bundle.BundlePrefix;

/**
 * The temporary files of a save that was interrupted, or that another process has not finished. TensorFlow writes
 * {@code P_temp_0a1b…/part-00000-of-00002.index} and so on for a checkpoint {@code P}, and each file first as
 * {@code ….tempstate123}; this library writes {@code P.index.tfckpt-tmp-0a1b…}.
 *
 * @param prefix the prefix of the checkpoint
 * @param files the temporary files, sorted
 */
public record InterruptedSave(Path prefix, List<Path> files) {
    private static final Pattern DIRECTORY = Pattern.compile("(?s)(.+)_temp(?:_[0-9a-f]+)?");
    private static final Pattern PART = Pattern.compile(
            "part-[0-9]{5}-of-[0-9]{5}(?:\\.index|\\.data-[0-9]{5}-of-[0-9]{5})(?:\\.tempstate[0-9]+)?");
    private static final Pattern TEMPORARY =
            Pattern.compile("(?s)(.+?)(?:(?:\\.index|\\.data-[0-9]{5}-of-[0-9]{5})?\\.tempstate[0-9]+"
                    + "|\\.(?:index|bridge|data-[0-9]{5,9})\\.tfckpt-tmp-[0-9a-f]{16})");

    /**
     * Sorts the files.
     *
     * @param prefix the prefix of the checkpoint
     * @param files the temporary files
     */
    public InterruptedSave {
        files = files.stream().sorted().toList();
    }

    /** Returns the prefix of the checkpoint that a file would become a part of, if it is a temporary file. */
    static Optional<Path> prefixOf(Path file) {
        String name = String.valueOf(file.getFileName());
        Path parent = file.getParent();
        if (parent != null && PART.matcher(name).matches()) {
            Matcher directory = DIRECTORY.matcher(String.valueOf(parent.getFileName()));
            if (directory.matches()) {
                return Optional.of(parent.resolveSibling(directory.group(1)));
            }
        }
        Matcher temporary = TEMPORARY.matcher(name);
        return temporary.matches() ? Optional.of(file.resolveSibling(temporary.group(1))) : Optional.empty();
    }

    /** Finds the temporary files of a checkpoint. */
    static Optional<InterruptedSave> of(BundlePrefix checkpoint) throws IOException {
        Path prefix = checkpoint.directory().resolve(checkpoint.base());
        List<Path> files = new ArrayList<>();
        for (Path entry : CheckpointFiles.list(checkpoint.directory(), name -> name.startsWith(checkpoint.base()))) {
            List<Path> candidates = Files.isDirectory(entry)
                            && DIRECTORY
                                    .matcher(String.valueOf(entry.getFileName()))
                                    .matches()
                    ? CheckpointFiles.list(entry, name -> true)
                    : List.of(entry);
            for (Path file : candidates) {
                if (prefixOf(file).equals(Optional.of(prefix))) {
                    files.add(file);
                }
            }
        }
        return files.isEmpty() ? Optional.empty() : Optional.of(new InterruptedSave(prefix, files));
    }

    /** {@return what the files are, as a clause for a message} */
    public String description() {
        return "'" + files.get(0) + "'" + (files.size() > 1 ? " and " + (files.size() - 1) + " more are" : " is")
                + " part of a save of '" + prefix + "' that was interrupted or is still running";
    }

    /** {@return what to do, as a clause for a message} */
    public String advice() {
        return files.stream()
                .filter(file -> file.toString().endsWith(".index"))
                .findFirst()
                .map(index -> "a finished part can be opened: '" + BundlePrefix.ofIndex(index) + "'")
                .orElse("open an earlier checkpoint, and delete these files if no program is writing them");
    }
}
