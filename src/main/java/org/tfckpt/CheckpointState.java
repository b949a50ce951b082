package org.tfckpt;

import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * The state file, {@code checkpoint} by name: which checkpoints a directory has, and which is the latest.
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

    /** No honest state file comes near: it has a line per checkpoint kept. */
    private static final long MAX_SIZE = 16L << 20;

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
                        ProblemKind.ENTRY, "Not a checkpoint state file", place.mismatch("at most 16 MiB", size));
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
            TextFormat.Parser.newBuilder().setAllowUnknownFields(true).build().merge(text, state);
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
