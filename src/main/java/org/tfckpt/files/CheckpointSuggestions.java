package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/** What to say where there is no checkpoint: TensorFlow's words, and what there is instead. */
final class CheckpointSuggestions {
    private static final int MOST = 5;
    private static final Pattern V1_SHARD = Pattern.compile("(.*)-[0-9]{5}-of-([0-9]{5})", Pattern.DOTALL);

    private CheckpointSuggestions() {}

    static CheckpointException notFound(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return new CheckpointException(
                    "Couldn't find 'checkpoint' file or checkpoints in given directory " + path,
                    ErrorContext.hint(others(path, "")));
        }
        BundlePrefix prefix = BundlePrefix.of(path);
        return new CheckpointException(
                "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for " + path,
                ErrorContext.hint(others(prefix.directory(), prefix.base())));
    }

    static CheckpointException latestNotFound(CheckpointState state) throws IOException {
        Path file = state.directory().resolve(CheckpointState.FILE_NAME);
        return new CheckpointException(
                "Couldn't match files for checkpoint " + state.resolve(state.latest()),
                ErrorContext.at(file.toString(), -1).withHint(others(state.directory(), "")));
    }

    /** What there is in a directory, for a person to choose from. */
    private static String others(Path directory, String beginning) throws IOException {
        TreeSet<String> all = new TreeSet<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                files.forEach(file -> addName(String.valueOf(file.getFileName()), all));
            }
        }
        List<String> alike =
                all.stream().filter(name -> name.startsWith(beginning)).toList();
        List<String> named = alike.isEmpty() ? List.copyOf(all) : alike;
        if (named.isEmpty()) {
            return "a checkpoint is named by its prefix, the path without '.index' or '.data-…'";
        }
        int shown = Math.min(MOST, named.size());
        return "'" + directory + "' has the checkpoint" + (named.size() == 1 ? " '" : "s '")
                + String.join("', '", named.subList(0, shown)) + (named.size() > shown ? "', …" : "'");
    }

    private static void addName(String name, Set<String> names) {
        Matcher shard = V1_SHARD.matcher(name);
        if (name.endsWith(".index")) {
            names.add(BundlePrefix.baseOf(name));
        } else if (BundlePrefix.baseOf(name).equals(name) && shard.matches()) {
            names.add(shard.group(1) + "-?????-of-" + shard.group(2));
        }
    }
}
