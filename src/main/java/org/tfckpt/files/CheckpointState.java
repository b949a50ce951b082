package org.tfckpt.files;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * The state file, {@code checkpoint} by name: which checkpoints a directory has, and which is the latest.
 *
 * <p>Entries are taken as TensorFlow takes them: an absolute one, or one with {@code ..}, may lead out of the directory.
 * Whoever opens what a stranger's state file names should look at the path first.
 *
 * @param directory where the file is; relative entries are relative to it
 * @param latest the latest checkpoint's prefix as the file has it
 * @param all all prefixes as the file has them, oldest first
 * @param timestamps when each of them was saved, in seconds since 1970; empty if the file does not say
 * @param lastPreserved the time of the last one kept for good, in seconds since 1970
 */
public record CheckpointState(
        Path directory, String latest, List<String> all, List<Double> timestamps, OptionalDouble lastPreserved) {
    /** What the file is called. */
    public static final String FILE_NAME = "checkpoint";

    private static final Pattern SHARD = Pattern.compile("-[0-9?]+-of-[0-9]+\\z");

    /** No honest state file comes near: it has a line per checkpoint kept. */
    private static final long MAX_SIZE = 4L << 20;

    /**
     * The same with lists that nobody else can change.
     *
     * @param directory where the file is
     * @param latest the latest prefix
     * @param all all prefixes
     * @param timestamps their times
     * @param lastPreserved a time
     */
    public CheckpointState {
        all = List.copyOf(all);
        timestamps = List.copyOf(timestamps);
    }

    /**
     * The state to write after a checkpoint was saved, by TensorFlow's rules.
     *
     * @param directory where the file will be
     * @param latest the checkpoint saved. Where the directory is a relative path, so that a relative checkpoint is meant
     *     from the same place, the entry leads from the directory to it; an absolute one stays
     * @param all all checkpoints kept, oldest first, likewise; the latest is added unless it is the last of them
     * @param timestamps when each was saved, in seconds since 1970, or nothing
     * @param relative whether absolute entries become relative to the directory, too, so that both can be moved
     * @return the state
     * @throws IllegalArgumentException if there are timestamps, but not as many as checkpoints, or if the checkpoint
     *     would be the state file itself
     */
    public static CheckpointState of(
            Path directory, Path latest, List<Path> all, List<Double> timestamps, boolean relative) {
        List<Path> paths = new ArrayList<>(all);
        if (paths.isEmpty() || !paths.get(paths.size() - 1).equals(latest)) {
            paths.add(latest);
        }
        if (!timestamps.isEmpty() && timestamps.size() != paths.size()) {
            throw new IllegalArgumentException(
                    "Checkpoint timestamps, if provided, must match checkpoint paths (got paths " + paths
                            + " and timestamps " + timestamps + ")");
        }
        if (latest.equals(directory.resolve(FILE_NAME))) {
            throw new IllegalArgumentException("Save path '" + latest
                    + "' conflicts with path used for checkpoint state.  Please use a different save path.");
        }
        List<String> entries = paths.stream()
                .map(path -> entry(directory, path, relative).toString())
                .toList();
        return new CheckpointState(
                directory, entries.get(entries.size() - 1), entries, timestamps, OptionalDouble.empty());
    }

    private static Path entry(Path directory, Path path, boolean relative) {
        boolean rewritten = path.isAbsolute() ? relative : !directory.isAbsolute();
        return rewritten
                ? directory
                        .toAbsolutePath()
                        .normalize()
                        .relativize(path.toAbsolutePath().normalize())
                : path;
    }

    /**
     * The file's text.
     *
     * @return lines as TensorFlow writes and reads them
     */
    public String toText() {
        StringBuilder text = new StringBuilder();
        line(text, "model_checkpoint_path", quoted(latest));
        all.forEach(path -> line(text, "all_model_checkpoint_paths", quoted(path)));
        timestamps.forEach(time -> line(text, "all_model_checkpoint_timestamps", number(time)));
        lastPreserved.ifPresent(time -> line(text, "last_preserved_timestamp", number(time)));
        return text.toString();
    }

    /**
     * Puts this state into its {@link #directory}, in place of one that is there: in one step, so that a reader finds the
     * old one or the new one.
     *
     * @throws IOException if it cannot be written; then the old one is there still
     */
    public void write() throws IOException {
        DurableFiles.replace(directory.resolve(FILE_NAME), toText().getBytes(StandardCharsets.UTF_8));
    }

    private static void line(StringBuilder text, String field, String value) {
        text.append(field).append(": ").append(value).append('\n');
    }

    private static String quoted(String path) {
        return '"' + TextFormat.escapeBytes(ByteString.copyFromUtf8(path)) + '"';
    }

    /** Plain digits, as a clock has them; infinities and NaN by the names of the text format. */
    private static String number(double time) {
        return Double.isFinite(time)
                ? BigDecimal.valueOf(time).toPlainString()
                : String.valueOf(time).replace("Infinity", "inf").toLowerCase(Locale.ROOT);
    }

    /**
     * Where TensorFlow puts the graph of a checkpoint.
     *
     * @param checkpoint a prefix, or a file or pattern of a sharded V1 checkpoint
     * @return for example {@code m-123.meta}, also for {@code m-123-?????-of-00005}
     */
    public static String graphFile(String checkpoint) {
        return SHARD.matcher(checkpoint).replaceFirst("") + ".meta";
    }

    /**
     * Reads the state file of a directory.
     *
     * @param directory the directory
     * @return nothing if it has none
     * @throws DataLossException if it cannot be parsed, or names no latest checkpoint
     * @throws IOException if it cannot be read
     */
    public static Optional<CheckpointState> find(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /**
     * Reads a state file.
     *
     * @param file the file itself
     * @return what it says
     * @throws CheckpointException if there is no such file
     * @throws DataLossException if it cannot be parsed, or names no latest checkpoint
     * @throws IOException if it cannot be read
     */
    public static CheckpointState read(Path file) throws IOException {
        ErrorContext place = ErrorContext.at(file.toString(), -1);
        String text;
        try {
            long size = Files.size(file);
            if (size > MAX_SIZE) {
                throw new DataLossException(
                        ProblemKind.ENTRY, "Not a checkpoint state file", place.mismatch("at most 4 MiB", size));
            }
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file + "; No such file or directory", ErrorContext.NONE, e);
        } catch (CharacterCodingException e) {
            throw new DataLossException(
                    ProblemKind.ENTRY, "Not a checkpoint state file", place.mismatch("UTF-8 text", "other bytes"), e);
        }
        org.tfckpt.proto.CheckpointState.Builder state = org.tfckpt.proto.CheckpointState.newBuilder();
        try {
            // Strict, as TensorFlow is: passing over unknown fields, protobuf would print them as a warning.
            TextFormat.getParser().merge(text, state);
        } catch (TextFormat.ParseException e) {
            throw new DataLossException(ProblemKind.ENTRY, "Not a checkpoint state file: " + e.getMessage(), place, e);
        }
        if (state.getModelCheckpointPath().isEmpty()) {
            throw new DataLossException(
                    ProblemKind.ENTRY, "Invalid checkpoint state loaded from " + directoryOf(file), place);
        }
        return new CheckpointState(
                directoryOf(file),
                state.getModelCheckpointPath(),
                state.getAllModelCheckpointPathsList(),
                state.getAllModelCheckpointTimestampsList(),
                state.getLastPreservedTimestamp() == 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(state.getLastPreservedTimestamp()));
    }

    private static Path directoryOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? file.resolveSibling("") : parent;
    }

    /**
     * Where an entry leads.
     *
     * @param entry {@link #latest()} or one of {@link #all()}
     * @return the entry within {@link #directory()}, or the entry itself if it is absolute
     * @throws DataLossException if the entry cannot be a path of this file system
     */
    public Path resolve(String entry) throws DataLossException {
        try {
            return directory.resolve(entry);
        } catch (java.nio.file.InvalidPathException e) {
            throw new DataLossException(
                    ProblemKind.ENTRY,
                    "Not a path",
                    ErrorContext.at(directory.resolve(FILE_NAME).toString(), -1).mismatch("a path", entry),
                    e);
        }
    }

    /**
     * The paths to try for an entry: itself; and, if it is absolute and its directory has moved since, the checkpoint of
     * the same name in this directory.
     *
     * @param entry {@link #latest()} or one of {@link #all()}
     * @return one or two prefixes
     * @throws DataLossException if the entry cannot be a path of this file system
     */
    public List<Path> candidates(String entry) throws DataLossException {
        Path path = resolve(entry);
        List<Path> candidates = new ArrayList<>(List.of(path));
        Path name = path.getFileName();
        if (name != null && !directory.resolve(name).equals(path)) {
            candidates.add(directory.resolve(name));
        }
        return candidates;
    }
}
