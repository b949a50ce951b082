package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.bundle.SimilarFiles;
import org.tfckpt.io.FileKind;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/** The exceptions for missing checkpoints, with suggestions of existing ones. */
final class CheckpointSuggestions {
    private static final int MAX_SHOWN = 5;

    private CheckpointSuggestions() {}

    static CheckpointException notFound(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            FileKind kind = FileKind.ofDirectory(path);
            boolean known = !kind.equals(FileKind.UNKNOWN);
            String cause = missingIndexIn(path).map(text -> ": " + text).orElse("");
            return new CheckpointException(
                    "no checkpoint found in the directory '" + path + "'"
                            + (known ? ", which is " + kind.name() : cause),
                    ErrorContext.hint(known ? kind.advice() : suggestion(path, ""))
                            .withTensorFlow(
                                    "Couldn't find 'checkpoint' file or checkpoints in given directory " + path));
        }
        BundlePrefix given = BundlePrefix.of(path);
        BundlePrefix prefix = new BundlePrefix(given.directory(), BundlePrefix.baseOf(given.base()));
        Optional<String> cause = missingDirectory(prefix.directory());
        String hint = "";
        if (cause.isEmpty()) {
            cause = missingIndex(prefix);
            hint = cause.isEmpty() ? "" : "without the index, the tensors cannot be found: get it from the same source";
            Path data = prefix.data(0, 1);
            if (!hint.isEmpty() && CheckpointFiles.bundleData(prefix).isEmpty()) {
                hint = SimilarFiles.advice(data).orElse("") + "; " + hint;
            }
            hint = SimilarFiles.advice(prefix.index()).orElse(hint);
        }
        if (cause.isEmpty() && hint.isEmpty()) {
            Optional<InterruptedSave> save = InterruptedSave.of(prefix);
            cause = save.map(InterruptedSave::description);
            hint = save.map(InterruptedSave::advice).orElse("");
        }
        if (cause.isEmpty() && hint.isEmpty()) {
            hint = suggestion(prefix.directory(), prefix.base());
        }
        ErrorContext context = hint.isEmpty() ? ErrorContext.NONE : ErrorContext.hint(hint);
        return new CheckpointException(
                "no checkpoint found at '" + path + "'"
                        + cause.map(text -> ": " + text).orElse(""),
                context.withTensorFlow(
                        "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for " + path));
    }

    /** Names the outermost directory that does not exist. */
    private static Optional<String> missingDirectory(Path directory) throws IOException {
        if (StorageFileSystem.isUnlisted(directory)) {
            return Optional.empty();
        }
        Path missing = null;
        for (Path at = directory;
                at != null && !at.toString().isEmpty() && !Files.isDirectory(at);
                at = at.getParent()) {
            missing = at;
        }
        if (missing == null) {
            return Optional.empty();
        }
        return Optional.of("'" + missing + "' "
                + (Files.exists(missing) ? "is not a directory" : "is a directory that does not exist"));
    }

    /** Names the index if there are data files, perhaps renamed ones, but no index. */
    private static Optional<String> missingIndex(BundlePrefix prefix) throws IOException {
        List<Path> data = CheckpointFiles.bundleData(prefix);
        Optional<String> first = data.isEmpty()
                ? SimilarFiles.of(prefix.data(0, 1))
                : Optional.of(String.valueOf(data.get(0).getFileName()));
        return first.map(name -> "the index '" + prefix.index() + "' is missing; the data file '" + name + "'"
                + (data.size() > 1 ? " and " + (data.size() - 1) + " more exist" : " exists"));
    }

    /** Names the index that is missing in a directory without any: data files may have been copied alone. */
    private static Optional<String> missingIndexIn(Path directory) throws IOException {
        for (Path data : CheckpointFiles.list(directory, name -> name.matches(".+\\.data-[0-9]{5}-of-[0-9]{5}"))) {
            BundlePrefix prefix = BundlePrefix.of(data);
            BundlePrefix owner = new BundlePrefix(prefix.directory(), BundlePrefix.baseOf(prefix.base()));
            if (!Files.exists(owner.index())) {
                return missingIndex(owner);
            }
        }
        return Optional.empty();
    }

    /** Returns what to do if the index of a checkpoint exists under another name, for the end of a message. */
    static String renamed(BundlePrefix prefix) {
        return SimilarFiles.advice(prefix.index()).map(advice -> "; " + advice).orElse("");
    }

    /** Throws an exception if a file has the name of a checkpoint's file that was renamed. */
    static void refuseRenamed(Path file) throws CheckpointException {
        String name = String.valueOf(file.getFileName());
        Optional<String> original = SimilarFiles.original(name);
        if (original.isPresent()) {
            throw new CheckpointException(
                    "'" + file + "' does not have the name of a file of a checkpoint",
                    ErrorContext.hint("if it is one, rename '" + name + "' to '" + original.get() + "' and open '"
                            + BundlePrefix.baseOf(original.get()) + "'"));
        }
    }

    static CheckpointException noStateFile(Path directory) throws IOException {
        Path file = directory.resolve(CheckpointState.FILE_NAME);
        FileKind kind = FileKind.ofDirectory(directory);
        boolean known = !kind.equals(FileKind.UNKNOWN);
        return new CheckpointException(
                "the directory '" + directory + "' has no state file '" + CheckpointState.FILE_NAME + "'"
                        + (known ? "; it is " + kind.name() : ""),
                ErrorContext.hint(known ? kind.advice() : suggestion(directory, ""))
                        .withTensorFlow(file + "; No such file or directory"));
    }

    static CheckpointException noneExists(CheckpointState state) throws IOException {
        return new CheckpointException(
                "none of the checkpoints that the state file lists exists",
                ErrorContext.at(state.file().toString(), -1).withHint(suggestion(state.directory(), "")));
    }

    static CheckpointException latestNotFound(CheckpointState state) throws IOException {
        Path latest = state.resolve(state.latest());
        return new CheckpointException(
                "the latest checkpoint of the state file, '" + (state.latest().contains("\\") ? state.latest() : latest)
                        + "', does not exist",
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
        if (CheckpointSearch.isOfMacOs(fileName)) {
            return null;
        }
        if (ArrayFiles.isNamed(fileName)) {
            return fileName;
        }
        return fileName.endsWith(".index")
                ? BundlePrefix.baseOf(fileName)
                : CheckpointFiles.v1Pattern(fileName).orElse(null);
    }
}
