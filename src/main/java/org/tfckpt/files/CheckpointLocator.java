package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.v1.V1Checkpoint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;

/**
 * From whatever a person has at hand to the checkpoint meant. A method a form; each gives null for what is not of its
 * form. Which format a lone file is of is decided by what is in it.
 */
public final class CheckpointLocator {
    private static final String META = ".meta";
    private static final String ANY_SHARD = "-?????-of-?????";
    /** Prefixes in a SavedModel, in its variables, in a directory that is a prefix, and in a SessionBundle. */
    private static final List<String> IN_DIRECTORY = List.of("variables/variables", "variables", "", "export");

    private CheckpointLocator() {}

    /**
     * Returns the checkpoint that a path refers to.
     *
     * @param path a prefix, a file or a directory
     * @return the checkpoint's files
     * @throws CheckpointException if there is no checkpoint, or several are possible
     * @throws IOException if the file system fails
     */
    public static CheckpointLocation locate(Path path) throws IOException {
        CheckpointLocation found = prefix(BundlePrefix.of(path));
        if (found == null && Files.isDirectory(path)) {
            found = directory(path);
        }
        if (found == null && Files.isRegularFile(path)) {
            found = file(path);
        }
        if (found == null) {
            found = fileThatIsGone(path);
        }
        if (found == null) {
            found = pattern(path);
        }
        if (found == null) {
            throw CheckpointSuggestions.notFound(path);
        }
        return found;
    }

    /** {@code log/model.ckpt-123}, and {@code log/model.ckpt-123.index} exists. */
    private static @Nullable CheckpointLocation prefix(BundlePrefix prefix) {
        return Files.exists(prefix.index()) ? CheckpointLocation.v2(prefix) : null;
    }

    /** A directory with a state file, a SavedModel, or the like. */
    private static @Nullable CheckpointLocation directory(Path directory) throws IOException {
        Path state = directory.resolve(CheckpointState.FILE_NAME);
        if (Files.isRegularFile(state)) {
            return stateFile(state);
        }
        for (String base : IN_DIRECTORY) {
            Path path = directory.resolve(base);
            CheckpointLocation found =
                    base.isEmpty() ? prefix(new BundlePrefix(directory, "")) : prefixOfEitherFormat(path);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable CheckpointLocation prefixOfEitherFormat(Path path) throws IOException {
        CheckpointLocation found = prefix(BundlePrefix.of(path));
        if (found == null && Files.isRegularFile(path)) {
            found = v1File(path);
        }
        return found == null ? pattern(path.resolveSibling(path.getFileName() + ANY_SHARD)) : found;
    }

    /** A file of a checkpoint, or a state file. */
    private static CheckpointLocation file(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (V1Checkpoint.isV1(file)) {
            return v1File(file);
        }
        if (!prefixOf(name).equals(name)) {
            CheckpointLocation found = fileOfCheckpoint(file);
            if (found == null) {
                Path prefix = file.resolveSibling(prefixOf(name));
                throw new CheckpointException(
                        prefix + ".index; No such file or directory",
                        ErrorContext.hint(
                                "'" + file + "' belongs to the checkpoint '" + prefix + "', whose index is not there"));
            }
            return found;
        }
        if (name.equals(CheckpointState.FILE_NAME)) {
            return stateFile(file);
        }
        CheckpointLocation ofState = stateFileOfAnotherName(file);
        return ofState == null ? v1File(file) : ofState;
    }

    /** An index, data or meta file that is named and not there, though its checkpoint is. */
    private static @Nullable CheckpointLocation fileThatIsGone(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        return prefixOf(name).equals(name) ? null : fileOfCheckpoint(file);
    }

    private static @Nullable CheckpointLocation fileOfCheckpoint(Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        String base = prefixOf(name);
        CheckpointLocation found = prefix(new BundlePrefix(BundlePrefix.of(file).directory(), base));
        return found == null && name.endsWith(META) && !base.isEmpty()
                ? prefixOfEitherFormat(file.resolveSibling(base))
                : found;
    }

    /** The checkpoint that a file's name names; the name itself if it is no such file's. */
    private static String prefixOf(String name) {
        return name.endsWith(META) ? name.substring(0, name.length() - META.length()) : BundlePrefix.baseOf(name);
    }

    private static CheckpointLocation v1File(Path file) {
        return CheckpointLocation.v1(file, List.of(file));
    }

    /** {@code log/model.ckpt-?????-of-00002}. */
    private static @Nullable CheckpointLocation pattern(Path pattern) throws IOException {
        String name = String.valueOf(pattern.getFileName());
        if (!FileGlob.isPattern(name)) {
            return null;
        }
        Path directory = BundlePrefix.of(pattern).directory();
        List<Path> indexes = new FileGlob(name + ".index").in(directory);
        if (!indexes.isEmpty()) {
            throw new CheckpointException(
                    pattern + ".index; No such file or directory",
                    ErrorContext.hint("a V2 checkpoint has no pattern; open '"
                            + directory.resolve(BundlePrefix.baseOf(
                                    String.valueOf(indexes.get(0).getFileName())))
                            + "'"));
        }
        List<Path> files = new FileGlob(name).in(directory);
        return files.isEmpty() ? null : CheckpointLocation.v1(pattern, files);
    }

    /** Its latest checkpoint. */
    private static CheckpointLocation stateFile(Path file) throws IOException {
        return latest(CheckpointState.read(file));
    }

    private static @Nullable CheckpointLocation stateFileOfAnotherName(Path file) throws IOException {
        CheckpointState state;
        try {
            state = CheckpointState.read(file);
        } catch (DataLossException notAState) {
            return null;
        }
        return latest(state);
    }

    private static CheckpointLocation latest(CheckpointState state) throws IOException {
        for (Path candidate : state.candidates(state.latest())) {
            CheckpointLocation found = prefix(BundlePrefix.of(candidate));
            if (found == null && Files.isDirectory(candidate)) {
                // Saved as "directory/", TensorFlow calls the files ".index" and so on, and the prefix ".".
                found = prefix(new BundlePrefix(candidate.normalize(), ""));
            }
            if (found == null && Files.isRegularFile(candidate)) {
                found = v1File(candidate);
            }
            if (found == null) {
                found = pattern(candidate);
            }
            if (found != null) {
                return found;
            }
        }
        throw CheckpointSuggestions.latestNotFound(state);
    }
}
