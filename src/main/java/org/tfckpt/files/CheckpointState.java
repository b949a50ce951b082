package org.tfckpt.files;

import com.google.protobuf.ByteString;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.io.FileKind;
import org.tfckpt.io.NewFile;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * The state file, named {@code checkpoint}: lists the checkpoints of a directory and names the latest one.
 *
 * <p>As in TensorFlow, an absolute entry, or one with {@code ..}, may lead out of the directory. Check the paths in an
 * untrusted state file before you open them. In a {@link org.tfckpt.storage.Storage} only checkpoints below the directory
 * are opened.
 *
 * @param directory the directory of the file, against which relative entries are resolved
 * @param latest the prefix of the latest checkpoint, as written in the file
 * @param all the prefixes of all checkpoints, as written in the file, oldest first
 * @param timestamps the time at which each checkpoint was saved, in seconds since 1970; empty if the file has none
 * @param lastPreserved the time of the last checkpoint that is kept permanently, in seconds since 1970
 */
public record CheckpointState(
        Path directory, String latest, List<String> all, List<Double> timestamps, OptionalDouble lastPreserved) {
    /** The name of the file. */
    public static final String FILE_NAME = "checkpoint";

    private static final Pattern SHARD = Pattern.compile("-[0-9?]+-of-[0-9]+\\z");

    /** A drive letter, or all up to the last separator but for separators at the end. */
    private static final Pattern LEADING_DIRECTORIES = Pattern.compile("(?s)\\A(?:.*/(?=[^/])|[A-Za-z]:|/+\\z)");

    private static final Pattern WINDOWS_ROOT = Pattern.compile("[A-Za-z]:|[\\\\/]");

    /** Real state files are far smaller: they have one line per checkpoint. */
    private static final long MAX_SIZE = 4L << 20;

    /**
     * Makes immutable copies of the lists.
     *
     * @param directory the directory of the file
     * @param latest the prefix of the latest checkpoint
     * @param all the prefixes of all checkpoints
     * @param timestamps the times of the checkpoints
     * @param lastPreserved the time of the last preserved checkpoint
     */
    public CheckpointState {
        all = List.copyOf(all);
        timestamps = List.copyOf(timestamps);
    }

    /**
     * Creates the state after a checkpoint was saved, by TensorFlow's rules. An absolute path stays absolute, unless
     * {@code relative} is set. If {@code directory} is relative, relative paths start at the same place as it does, and
     * are written relative to {@code directory}.
     *
     * @param directory the directory of the file
     * @param latest the checkpoint that was saved
     * @param all all checkpoints that are kept, oldest first; {@code latest} is added unless it is the last of them
     * @param timestamps the time at which each checkpoint was saved, in seconds since 1970; or an empty list
     * @param relative whether absolute paths, too, are written relative to {@code directory}, so that the directory can
     *     be moved
     * @return the state
     * @throws IllegalArgumentException if there are timestamps, but not one per checkpoint, or if {@code latest} is the
     *     path of the state file
     */
    public static CheckpointState of(
            Path directory, Path latest, List<Path> all, List<Double> timestamps, boolean relative) {
        List<Path> paths = new ArrayList<>(all);
        if (paths.isEmpty() || !paths.get(paths.size() - 1).equals(latest)) {
            paths.add(latest);
        }
        if (!timestamps.isEmpty() && timestamps.size() != paths.size()) {
            throw new IllegalArgumentException("the number of timestamps, " + timestamps.size()
                    + ", differs from the number of checkpoints, " + paths.size()
                    + " (TensorFlow: \"Checkpoint timestamps, if provided, must match checkpoint paths\")");
        }
        if (latest.equals(directory.resolve(FILE_NAME))) {
            throw new IllegalArgumentException("a checkpoint cannot have the path of the state file, '" + latest
                    + "' (TensorFlow: \"Save path '" + latest
                    + "' conflicts with path used for checkpoint state.  Please use a different save path.\")");
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

    /** {@return the text of the file, in lines of the form that TensorFlow writes} */
    public String toText() {
        StringBuilder text = new StringBuilder();
        line(text, "model_checkpoint_path", quoted(latest));
        all.forEach(path -> line(text, "all_model_checkpoint_paths", quoted(path)));
        timestamps.forEach(time -> line(text, "all_model_checkpoint_timestamps", number(time)));
        lastPreserved.ifPresent(time -> line(text, "last_preserved_timestamp", number(time)));
        return text.toString();
    }

    /**
     * Writes the state file to {@link #directory}. An existing file is replaced atomically.
     *
     * @throws IOException if the file cannot be written; an existing file is then unchanged
     */
    public void write() throws IOException {
        write(FILE_NAME);
    }

    /**
     * Writes the state file to {@link #directory} under a given name. An existing file is replaced atomically.
     *
     * @param name the name of the file
     * @throws IOException if the file cannot be written; an existing file is then unchanged
     */
    public void write(String name) throws IOException {
        NewFile.replace(directory.resolve(name), toText().getBytes(StandardCharsets.UTF_8));
    }

    Path file() {
        return directory.resolve(FILE_NAME);
    }

    private static void line(StringBuilder text, String field, String value) {
        text.append(field).append(": ").append(value).append('\n');
    }

    private static String quoted(String path) {
        return '"' + TextFormat.escapeBytes(ByteString.copyFromUtf8(path)) + '"';
    }

    /** Formats a number without an exponent, as TensorFlow does; infinities and NaN as the text format names them. */
    private static String number(double time) {
        return Double.isFinite(time)
                ? BigDecimal.valueOf(time).toPlainString()
                : String.valueOf(time).replace("Infinity", "inf").toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the name of the file to which TensorFlow writes the graph of a checkpoint.
     *
     * @param checkpoint a prefix, or a file or the pattern of a sharded V1 checkpoint
     * @return for example {@code m-123.meta}, also for {@code m-123-?????-of-00005}
     */
    public static String graphFile(String checkpoint) {
        return SHARD.matcher(checkpoint).replaceFirst("") + ".meta";
    }

    /**
     * Reads the state file of a directory.
     *
     * @param directory the directory
     * @return the state; empty if the directory has no state file
     * @throws DataLossException if the file cannot be parsed, or names no latest checkpoint
     * @throws IOException if the file cannot be read
     */
    public static Optional<CheckpointState> find(Path directory) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        return Files.isRegularFile(file) ? Optional.of(read(file)) : Optional.empty();
    }

    /**
     * Reads a state file.
     *
     * @param file the file, which may have any name
     * @return the state
     * @throws CheckpointException if the file does not exist
     * @throws DataLossException if the file cannot be parsed, or names no latest checkpoint
     * @throws IOException if the file cannot be read
     */
    public static CheckpointState read(Path file) throws IOException {
        ErrorContext place = ErrorContext.at(file.toString(), -1);
        String text;
        try {
            long size = Files.size(file);
            if (size > MAX_SIZE) {
                throw notAState(file, "", place.mismatch("at most 4 MiB", size), null);
            }
            text = decode(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new CheckpointException(
                    "the state file '" + file + "' does not exist",
                    ErrorContext.hint("a state file is named '" + FILE_NAME + "'; its directory may be given, too")
                            .withTensorFlow(file + "; No such file or directory"),
                    e);
        } catch (CharacterCodingException e) {
            throw notAState(file, "", place.mismatch("UTF-8 text", "other bytes"), e);
        }
        org.tfckpt.proto.CheckpointState.Builder state = org.tfckpt.proto.CheckpointState.newBuilder();
        try {
            // Unknown fields are errors, as in TensorFlow. If they were allowed, protobuf would log a warning for each.
            TextFormat.getParser().merge(text, state);
        } catch (TextFormat.ParseException e) {
            boolean escape = String.valueOf(e.getMessage()).contains("scape");
            ErrorContext advised = escape ? place.withHint("write each backslash of a path twice, or use '/'") : place;
            throw notAState(file, "line " + e.getMessage(), advised, e);
        }
        if (state.getModelCheckpointPath().isEmpty()) {
            String problem = text.isEmpty()
                    ? "is empty"
                    : isBlank(text) ? "names no checkpoint, only comments" : "does not name a latest checkpoint";
            throw new DataLossException(
                    ProblemKind.ENTRY,
                    "the state file " + problem,
                    place.withHint("open a checkpoint by its prefix, or write the file again ('tfckpt state --write')")
                            .withTensorFlow("Invalid checkpoint state loaded from "
                                    + BundlePrefix.of(file).directory()));
        }
        return new CheckpointState(
                BundlePrefix.of(file).directory(),
                state.getModelCheckpointPath(),
                state.getAllModelCheckpointPathsList(),
                state.getAllModelCheckpointTimestampsList(),
                state.getLastPreservedTimestamp() == 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(state.getLastPreservedTimestamp()));
    }

    /** Returns whether text has nothing but comments. */
    private static boolean isBlank(String text) {
        return text.lines()
                .allMatch(line -> line.isBlank() || line.stripLeading().startsWith("#"));
    }

    /** Returns whether a file that cannot be read as a state file has nothing to lose: it is one, or is blank. */
    static boolean isDamaged(Path file) throws IOException {
        FileKind kind = FileKind.of(file);
        return kind.equals(FileKind.EMPTY)
                || kind.equals(FileKind.STATE)
                || kind.name().startsWith("full of zeros")
                || (kind.equals(FileKind.TEXT)
                        && Files.size(file) <= MAX_SIZE
                        && isBlank(decode(Files.readAllBytes(file))));
    }

    /** Decodes UTF-8, or UTF-16 with the byte order mark that Windows programs write. */
    private static String decode(byte[] bytes) throws CharacterCodingException {
        int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
        Charset charset = mark == 0xfffe || mark == 0xfeff ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
        String text = charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private static DataLossException notAState(Path file, String problem, ErrorContext place, @Nullable Exception cause)
            throws IOException {
        FileKind kind = FileKind.of(file);
        boolean damaged = kind.equals(FileKind.STATE);
        String name = kind.equals(FileKind.UNKNOWN) ? ", and its kind is not known" : " but " + kind.name();
        return new DataLossException(
                ProblemKind.ENTRY,
                "not a checkpoint state file" + (damaged ? "" : name) + (problem.isEmpty() ? "" : ": " + problem),
                damaged || kind.advice().isEmpty() ? place : place.withHint(kind.advice()),
                cause);
    }

    /**
     * Resolves an entry against {@link #directory()}.
     *
     * @param entry {@link #latest()} or an element of {@link #all()}
     * @return the resolved path; the entry itself if it is absolute
     * @throws DataLossException if the entry cannot be a path of this file system
     */
    public Path resolve(String entry) throws DataLossException {
        try {
            return directory.resolve(entry);
        } catch (InvalidPathException e) {
            throw new DataLossException(
                    ProblemKind.ENTRY,
                    "the state file has an entry that is not a path",
                    ErrorContext.at(file().toString(), -1).mismatch("a path", "'" + entry + "'"),
                    e);
        }
    }

    /**
     * Returns the paths to try for an entry: the resolved entry; with {@code /} for each backslash, if a relative entry
     * was written on Windows; and the checkpoint of the same name in {@link #directory()}, in case the directory was
     * moved. The name is what follows the last separator of either kind, or a drive letter. If the file is in a
     * {@link org.tfckpt.storage.Storage}, only those below {@link #directory()}.
     *
     * @param entry {@link #latest()} or an element of {@link #all()}
     * @return up to three prefixes
     * @throws DataLossException if the entry cannot be a path of this file system
     */
    public List<Path> candidates(String entry) throws DataLossException {
        Set<Path> candidates = new LinkedHashSet<>();
        String slashes = entry.replace('\\', '/');
        String name = LEADING_DIRECTORIES.matcher(slashes).replaceFirst("");
        try {
            candidates.add(resolve(entry));
            if (!WINDOWS_ROOT.matcher(entry).lookingAt()) {
                candidates.add(resolve(slashes));
            }
        } catch (DataLossException e) {
            // A path of another operating system may not be one here, but its last part may.
            if (name.isEmpty() || name.equals(entry)) {
                throw e;
            }
        }
        if (!name.isEmpty()) {
            candidates.add(resolve(name));
        }
        return candidates.stream().filter(this::mayBeRead).toList();
    }

    /** Returns whether to read a file: a state file from elsewhere must not make us read files outside its directory. */
    private boolean mayBeRead(Path path) {
        Path above = directory.toAbsolutePath().normalize();
        return !StorageFileSystem.isRemote(path)
                || path.toAbsolutePath().normalize().startsWith(above);
    }
}
