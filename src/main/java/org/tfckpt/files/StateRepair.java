package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;

/** Creates state files that list the checkpoints that exist, with relative paths. Writes nothing. */
public final class StateRepair {
    private StateRepair() {}

    /**
     * Returns a state to replace a state file.
     *
     * @param file the state file
     * @return as {@link #repaired}; if the file is named {@code checkpoint} and does not exist, is blank or cannot be
     *     parsed, as {@link #ofDirectory}
     * @throws CheckpointException if no checkpoint exists, or the file is of another kind
     * @throws IOException if the file or a directory cannot be read
     */
    public static CheckpointState of(Path file) throws IOException {
        boolean usual = file.endsWith(CheckpointState.FILE_NAME);
        Path directory = BundlePrefix.of(file).directory();
        if (usual && !Files.exists(file) && Files.isDirectory(directory.toAbsolutePath())) {
            return ofDirectory(directory);
        }
        CheckpointState state;
        try {
            state = CheckpointState.read(file);
        } catch (DataLossException e) {
            if (usual && CheckpointState.isDamaged(file)) {
                return ofDirectory(directory);
            }
            throw e;
        }
        return repaired(state);
    }

    /**
     * Returns a state with the checkpoints of another that exist, wherever {@link CheckpointLocator} finds them. If its
     * latest checkpoint is missing, the last of the others becomes the latest; if none exists, the result lists all
     * checkpoints in the directory.
     *
     * @param state the state of a directory, for example of one that was moved
     * @return the state with relative paths and, if every checkpoint had one, the timestamps
     * @throws CheckpointException if no checkpoint exists
     * @throws IOException if a directory cannot be read
     */
    public static CheckpointState repaired(CheckpointState state) throws IOException {
        boolean timed = state.timestamps().size() == state.all().size();
        Map<String, Double> found = new LinkedHashMap<>();
        for (int i = 0; i < state.all().size(); i++) {
            String path = existing(state, state.all().get(i));
            if (path != null) {
                found.remove(path);
                found.put(path, timed ? state.timestamps().get(i) : 0.0);
            }
        }
        String latest = existing(state, state.latest());
        if (latest != null && !found.containsKey(latest)) {
            timed = false;
            found.put(latest, 0.0);
        }
        List<String> all = List.copyOf(found.keySet());
        if (all.isEmpty()) {
            List<Path> others = checkpoints(state.directory());
            if (others.isEmpty()) {
                throw CheckpointSuggestions.noneExists(state);
            }
            return of(state.directory(), others);
        }
        return new CheckpointState(
                state.directory(),
                latest == null ? all.get(all.size() - 1) : latest,
                all,
                timed ? List.copyOf(found.values()) : List.of(),
                timed ? state.lastPreserved() : OptionalDouble.empty());
    }

    /**
     * Returns a state with all checkpoints in a directory, the one with the highest step last and as the latest.
     *
     * @param directory the directory
     * @return the state with relative paths
     * @throws CheckpointException if there are no checkpoints in the directory
     * @throws IOException if the directory cannot be read
     */
    public static CheckpointState ofDirectory(Path directory) throws IOException {
        List<Path> found = checkpoints(directory);
        if (found.isEmpty()) {
            throw CheckpointSuggestions.notFound(directory);
        }
        return of(directory, found);
    }

    /** A state file lists what TensorFlow restores. */
    private static List<Path> checkpoints(Path directory) throws IOException {
        return CheckpointSearch.in(directory).stream()
                .filter(path -> !ArrayFiles.isWhole(path))
                .toList();
    }

    private static CheckpointState of(Path directory, List<Path> checkpoints) throws IOException {
        List<String> all = new ArrayList<>();
        for (Path checkpoint : checkpoints) {
            all.add(relative(directory, CheckpointLocator.locate(checkpoint)));
        }
        return new CheckpointState(directory, all.get(all.size() - 1), all, List.of(), OptionalDouble.empty());
    }

    private static @Nullable String existing(CheckpointState state, String entry) throws IOException {
        CheckpointLocation found = CheckpointLocator.locate(state, entry).orElse(null);
        return found == null ? null : relative(state.directory(), found);
    }

    private static String relative(Path directory, CheckpointLocation checkpoint) throws IOException {
        Path file = checkpoint.files().get(0);
        Path parent = BundlePrefix.of(file).directory();
        String base = checkpoint.format().equals("V2")
                ? BundlePrefix.ofIndex(file).base()
                : checkpoint.name().substring(parent.resolve("x").toString().length() - 1);
        Path from = directory.toAbsolutePath().normalize();
        Path to = parent.toAbsolutePath().normalize();
        if (!to.startsWith(from)) {
            // ".." leads out of the directory itself, not out of a link to it.
            from = directory.toRealPath();
            to = parent.toRealPath();
        }
        boolean sameRoot = String.valueOf(from.getRoot()).equals(String.valueOf(to.getRoot()));
        String path = (sameRoot ? from.relativize(to) : to)
                .toString()
                .replace(from.getFileSystem().getSeparator(), "/");
        // A checkpoint whose files are named ".index" and so on has the prefix "./".
        return path.isEmpty() ? (base.isEmpty() ? "./" : base) : path + "/" + base;
    }
}
