package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.v1.V1Checkpoint;
import org.tfckpt.io.FileKind;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;

/** Resolves a user-supplied path to a checkpoint. */
public final class CheckpointLocator {
    private static final String META = ".meta";
    private static final String ANY_SHARD = "-?????-of-?????";
    /** Prefixes in a SavedModel, in its variables, in a directory that is a prefix, and in a SessionBundle. */
    private static final List<String> IN_DIRECTORY = List.of("variables/variables", "variables", "", "export");

    private CheckpointLocator() {}

    // One private method per form of path. A method returns null if the path does not have its form.

    /**
     * Finds a checkpoint. The format of a single file is determined by its contents, not by its name.
     *
     * @param path the prefix of a V2 checkpoint; one of its files or its {@code .meta} file, even if that file itself
     *     is missing; the file of a V1 checkpoint, or a pattern of its files in the syntax of {@code fnmatch}; a state
     *     file, or a directory that has one, for the latest checkpoint; a SavedModel or its {@code variables} directory;
     *     a file of safetensors or NumPy, the index of a set of safetensors files or one of its files, or a directory
     *     with {@code model.safetensors} or {@code model.safetensors.index.json}
     * @return the location
     * @throws CheckpointException if there is no checkpoint; the message names the checkpoints that exist instead
     * @throws IOException if a file or directory cannot be read
     */
    public static CheckpointLocation locate(Path path) throws IOException {
        CheckpointLocation found = prefix(BundlePrefix.of(path));
        boolean isFile = found == null && Files.isRegularFile(path);
        if (isFile) {
            found = file(path);
        } else if (found == null && (Files.isDirectory(path) || StorageFileSystem.isUnlisted(path))) {
            found = directory(path);
        }
        if (found == null) {
            found = missingFile(path);
        }
        if (found == null) {
            found = pattern(path);
        }
        if (found == null) {
            StorageFileSystem.throwFailure(path);
            throw CheckpointSuggestions.notFound(path);
        }
        return found;
    }

    /** {@code log/model.ckpt-123}, if {@code log/model.ckpt-123.index} exists. */
    private static @Nullable CheckpointLocation prefix(BundlePrefix prefix) {
        return Files.exists(prefix.index()) ? CheckpointLocation.v2(prefix) : null;
    }

    /** A directory with a state file, a SavedModel, a SessionBundle or a model of Hugging Face. */
    private static @Nullable CheckpointLocation directory(Path directory) throws IOException {
        Path state = directory.resolve(CheckpointState.FILE_NAME);
        if (Files.isRegularFile(state)) {
            return latest(CheckpointState.read(state));
        }
        for (String base : IN_DIRECTORY) {
            CheckpointLocation found = base.isEmpty()
                    ? prefix(new BundlePrefix(directory, ""))
                    : prefixOfEitherFormat(directory.resolve(base));
            if (found != null) {
                return found;
            }
        }
        return ArrayFiles.in(directory);
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
        CheckpointLocation arrays = ArrayFiles.named(file);
        if (arrays != null) {
            return arrays;
        }
        if (!prefixOf(name).equals(name)) {
            CheckpointLocation found = fileOfCheckpoint(file);
            if (found == null) {
                Path prefix = file.resolveSibling(prefixOf(name));
                throw missing(
                        prefix + ".index",
                        "'" + file + "' belongs to the checkpoint '" + prefix + "', whose index is missing"
                                + CheckpointSuggestions.renamed(BundlePrefix.of(prefix)));
            }
            return found;
        }
        if (name.equals(CheckpointState.FILE_NAME)) {
            return latest(CheckpointState.read(file));
        }
        arrays = ArrayFiles.withContents(file);
        if (arrays != null) {
            return arrays;
        }
        CheckpointLocation latest = stateFileWithAnotherName(file);
        if (latest == null && List.of(FileKind.UNKNOWN, FileKind.TABLE).contains(FileKind.of(file))) {
            CheckpointSuggestions.refuseRenamed(file);
        }
        return latest == null ? v1File(file) : latest;
    }

    private static CheckpointException missing(String file, String hint) {
        return new CheckpointException(
                "'" + file + "' does not exist",
                ErrorContext.hint(hint).withTensorFlow(file + "; No such file or directory"));
    }

    /** A missing index, data or meta file of a checkpoint that exists. */
    private static @Nullable CheckpointLocation missingFile(Path file) throws IOException {
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

    /** Returns the name of the checkpoint that a file belongs to; the name itself if it belongs to none. */
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
        if (StorageFileSystem.isUnlisted(directory)) {
            List<Path> set = CheckpointFiles.ofV1Pattern(pattern);
            return set.isEmpty() || !Files.isRegularFile(set.get(0)) ? null : CheckpointLocation.v1(pattern, set);
        }
        List<Path> indexes = CheckpointFiles.list(directory, new FileGlob(name + ".index")::matches);
        if (!indexes.isEmpty()) {
            BundlePrefix first = BundlePrefix.ofIndex(indexes.get(0));
            throw missing(pattern + ".index", "a V2 checkpoint cannot be opened by a pattern; open '" + first + "'");
        }
        FileGlob glob = new FileGlob(name);
        List<Path> files = CheckpointFiles.list(
                directory, file -> glob.matches(file) && (name.startsWith(".") || !CheckpointSearch.isOfMacOs(file)));
        return files.isEmpty() ? null : CheckpointLocation.v1(pattern, files);
    }

    private static @Nullable CheckpointLocation stateFileWithAnotherName(Path file) throws IOException {
        CheckpointState state;
        try {
            state = CheckpointState.read(file);
        } catch (DataLossException notAState) {
            return null;
        }
        return latest(state);
    }

    private static CheckpointLocation latest(CheckpointState state) throws IOException {
        Optional<CheckpointLocation> found = locate(state, state.latest());
        if (found.isEmpty()) {
            StorageFileSystem.throwFailure(state.directory());
            throw CheckpointSuggestions.latestNotFound(state);
        }
        return found.get();
    }

    /**
     * Finds a checkpoint that a state file lists, also after its directory was moved or copied from Windows.
     *
     * @param state the state file
     * @param entry {@link CheckpointState#latest()} or an element of {@link CheckpointState#all()}
     * @return the location; empty if the checkpoint does not exist
     * @throws DataLossException if the entry cannot be a path of this file system
     * @throws IOException if a directory cannot be read
     */
    public static Optional<CheckpointLocation> locate(CheckpointState state, String entry) throws IOException {
        for (Path candidate : state.candidates(entry)) {
            CheckpointLocation found = prefix(BundlePrefix.of(candidate));
            if (found == null && Files.isDirectory(candidate)) {
                // A checkpoint saved as "directory/" has the file names ".index" and so on, and the prefix ".".
                found = prefix(new BundlePrefix(candidate.normalize(), ""));
            }
            if (found == null && Files.isRegularFile(candidate)) {
                found = v1File(candidate);
            }
            if (found == null) {
                found = pattern(candidate);
            }
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads a state file.
     *
     * @param path the state file, or a directory that has one
     * @return the state
     * @throws CheckpointException if there is no state file; for a directory, the message names its checkpoints
     * @throws DataLossException if the file cannot be parsed, or names no latest checkpoint
     * @throws IOException if the file cannot be read
     */
    public static CheckpointState state(Path path) throws IOException {
        boolean isDirectory =
                Files.isDirectory(path) || (!Files.isRegularFile(path) && StorageFileSystem.isUnlisted(path));
        if (!isDirectory) {
            return CheckpointState.read(path);
        }
        Optional<CheckpointState> state = CheckpointState.find(path);
        if (state.isEmpty()) {
            throw CheckpointSuggestions.noStateFile(path);
        }
        return state.get();
    }
}
