package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/** The exceptions for missing checkpoints, with suggestions of existing ones. */
final class CheckpointSuggestions {
    private static final int MAX_SHOWN = 5;

    private CheckpointSuggestions() {}

    static CheckpointException notFound(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return new CheckpointException(
                    "no checkpoint found in the directory '" + path + "'",
                    ErrorContext.hint(suggestion(path, ""))
                            .withTensorFlow(
                                    "Couldn't find 'checkpoint' file or checkpoints in given directory " + path));
        }
        BundlePrefix prefix = BundlePrefix.of(path);
        return new CheckpointException(
                "no checkpoint found at '" + path + "'",
                ErrorContext.hint(suggestion(prefix.directory(), prefix.base()))
                        .withTensorFlow(
                                "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
                                        + path));
    }

    static CheckpointException latestNotFound(CheckpointState state) throws IOException {
        Path latest = state.resolve(state.latest());
        return new CheckpointException(
                "the latest checkpoint of the state file, '" + latest + "', does not exist",
                ErrorContext.at(state.file().toString(), -1)
                        .withHint(suggestion(state.directory(), ""))
                        .withTensorFlow("Couldn't match files for checkpoint " + latest));
    }

    /** Names the checkpoints in a directory: those that begin with {@code prefix} if there are any, else all. */
    private static String suggestion(Path directory, String prefix) throws IOException {
        TreeSet<String> all = new TreeSet<>();
        for (Path file : CheckpointFiles.list(directory, name -> checkpointOf(name) != null)) {
            all.add(checkpointOf(String.valueOf(file.getFileName())));
        }
        List<String> similar =
                all.stream().filter(name -> name.startsWith(prefix)).toList();
        List<String> named = similar.isEmpty() ? List.copyOf(all) : similar;
        if (named.isEmpty()) {
            return "give the prefix of a checkpoint, which is the path without '.index' or '.data-…'";
        }
        int shown = Math.min(MAX_SHOWN, named.size());
        return "'" + (directory.toString().isEmpty() ? "." : directory) + "' has the checkpoint"
                + (named.size() == 1 ? " '" : "s '") + String.join("', '", named.subList(0, shown))
                + (named.size() > shown ? "', …" : "'");
    }

    private static @Nullable String checkpointOf(String fileName) {
        return fileName.endsWith(".index")
                ? BundlePrefix.baseOf(fileName)
                : CheckpointFiles.v1Pattern(fileName).orElse(null);
    }
}
