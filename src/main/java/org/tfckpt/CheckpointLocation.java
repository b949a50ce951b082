package org.tfckpt;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * From whatever a person has at hand to the checkpoint meant.
 *
 * @param bundle the files of a V2 checkpoint
 */
record CheckpointLocation(BundlePrefix bundle) {
    private static final String META = ".meta";

    static CheckpointLocation resolve(Path path) throws IOException {
        BundlePrefix prefix = find(path);
        if (prefix != null) {
            return new CheckpointLocation(prefix);
        }
        if (Files.isDirectory(path)) {
            throw new CheckpointException(
                    "Couldn't find 'checkpoint' file or checkpoints in given directory " + path,
                    ErrorContext.hint(others(path, "")));
        }
        if (Files.exists(path)) {
            throw new UnsupportedFormatException(
                    "Not a V2 checkpoint: " + path,
                    ErrorContext.hint("V1 checkpoints, which are a single file, are not read yet"));
        }
        String base = BundlePrefix.of(path).base();
        Path directory = BundlePrefix.of(path).directory();
        throw new CheckpointException(
                "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for " + path,
                ErrorContext.hint(others(directory, base)));
    }

    private static @Nullable BundlePrefix find(Path path) throws IOException {
        BundlePrefix asPrefix = BundlePrefix.of(path);
        if (exists(asPrefix)) {
            return asPrefix;
        }
        if (Files.isDirectory(path)) {
            return inDirectory(path);
        }
        String base = asPrefix.base();
        String stripped = base.endsWith(META) ? base.substring(0, base.length() - META.length()) : base;
        BundlePrefix ofFile = new BundlePrefix(asPrefix.directory(), BundlePrefix.baseOf(stripped));
        if (!ofFile.equals(asPrefix)) {
            if (exists(ofFile)) {
                return ofFile;
            }
            if (Files.exists(path)) {
                throw new CheckpointException(
                        ofFile.index() + "; No such file or directory",
                        ErrorContext.hint(
                                "'" + path + "' belongs to the checkpoint '" + ofFile + "', whose index is not there"));
            }
        }
        return base.equals(CheckpointState.FILE_NAME) && Files.isRegularFile(path)
                ? latest(CheckpointState.read(path))
                : null;
    }

    private static @Nullable BundlePrefix inDirectory(Path directory) throws IOException {
        Path state = directory.resolve(CheckpointState.FILE_NAME);
        if (Files.isRegularFile(state)) {
            return latest(CheckpointState.read(state));
        }
        for (BundlePrefix prefix : List.of(
                new BundlePrefix(directory.resolve("variables"), "variables"),
                new BundlePrefix(directory, "variables"),
                new BundlePrefix(directory, ""))) {
            if (exists(prefix)) {
                return prefix;
            }
        }
        return null;
    }

    private static BundlePrefix latest(CheckpointState state) throws IOException {
        for (Path candidate : state.candidates(state.latest())) {
            if (exists(BundlePrefix.of(candidate))) {
                return BundlePrefix.of(candidate);
            }
        }
        throw new CheckpointException(
                "Couldn't match files for checkpoint " + state.resolve(state.latest()),
                ErrorContext.at(
                                state.directory()
                                        .resolve(CheckpointState.FILE_NAME)
                                        .toString(),
                                -1)
                        .withHint(others(state.directory(), "")));
    }

    private static boolean exists(BundlePrefix prefix) {
        return Files.exists(prefix.index());
    }

    /** What there is in a directory, for a person to choose from. */
    private static String others(Path directory, String beginning) throws IOException {
        TreeSet<String> all = new TreeSet<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> indexes = Files.newDirectoryStream(directory, "*.index")) {
                indexes.forEach(index ->
                        all.add(BundlePrefix.baseOf(BundlePrefix.of(index).base())));
            }
        }
        List<String> alike = new ArrayList<>(
                all.stream().filter(name -> name.startsWith(beginning)).toList());
        List<String> named = alike.isEmpty() ? new ArrayList<>(all) : alike;
        if (named.isEmpty()) {
            return "a checkpoint is named by its prefix, the path without '.index' or '.data-…'";
        }
        int shown = Math.min(5, named.size());
        return "'" + directory + "' has the checkpoint" + (named.size() == 1 ? " '" : "s '")
                + String.join("', '", named.subList(0, shown)) + (named.size() > shown ? "', …" : "'");
    }

    @Override
    public String toString() {
        return bundle.toString();
    }
}
