package org.tfckpt.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.files.CheckpointLocation;
import org.tfckpt.files.CheckpointLocator;
import org.tfckpt.files.CheckpointState;
import org.tfckpt.format.Destination;
import picocli.CommandLine.Option;

/** Options for the files beside a checkpoint: its graph and the state file. By default both are left alone. */
final class SideFiles {
    private static final int PART = 1 << 20;

    /** The values of {@code --meta}. */
    enum Meta {
        LEAVE,
        COPY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The values of {@code --state}. */
    enum State {
        LEAVE,
        UPDATE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--meta",
            paramLabel = "WHAT",
            defaultValue = "leave",
            description = "Whether to copy the '.meta' file of the first checkpoint, or with --for that of GRAPH:"
                    + " ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). The copy is unchanged, so it still"
                    + " contains the old names.")
    private Meta meta = Meta.LEAVE;

    @Option(
            names = "--state",
            paramLabel = "WHAT",
            defaultValue = "leave",
            description = "Whether to make the new checkpoint the latest in the state file of its directory:"
                    + " ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private State state = State.LEAVE;

    SideFiles() {}

    /** Rejects options that apply to checkpoints only. */
    void requirePossible(FileFormat format) {
        if (format != FileFormat.V2 && (meta != Meta.LEAVE || state != State.LEAVE)) {
            throw new IllegalArgumentException("--meta and --state apply to checkpoints, not to " + format);
        }
    }

    /** Returns the graph to copy, or null. Called before anything is written, to report problems in time. */
    @Nullable
    Path meta(Path first, List<Checkpoint> inputs, @Nullable Path graph, Path output, boolean force)
            throws IOException {
        if (state == State.UPDATE) {
            updated(output);
        }
        if (meta == Meta.LEAVE) {
            return null;
        }
        String name = graph == null ? inputs.get(0).toString() : graph.toString();
        Path source = (graph == null ? first : graph)
                .getFileSystem()
                .getPath(graph != null && name.endsWith(".meta") ? name : CheckpointState.graphFile(name));
        if (!Files.isRegularFile(source)) {
            throw new NoSuchFileException(source.toString());
        }
        Path target = target(output);
        if (!force && Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        return Files.exists(target) && Files.isSameFile(source, target) ? null : source;
    }

    private static Path target(Path output) {
        return Path.of(CheckpointState.graphFile(output.toString()));
    }

    /** Copies the graph and updates the state file, once the checkpoint is written. */
    void write(@Nullable Path source, Path output, boolean force) throws IOException {
        if (source != null) {
            copy(source, target(output), force);
        }
        if (state == State.UPDATE) {
            updated(output).write();
        }
    }

    private static void copy(Path source, Path target, boolean force) throws IOException {
        Destination.write(target, force, bytes -> {}, file -> {
            try (InputStream in = Files.newInputStream(source)) {
                for (byte[] part = in.readNBytes(PART); part.length > 0; part = in.readNBytes(PART)) {
                    file.write(ByteBuffer.wrap(part));
                }
            }
        });
    }

    /** Appends the new checkpoint to those that the state file lists. */
    private static CheckpointState updated(Path output) throws IOException {
        Path prefix = output.toAbsolutePath().normalize();
        Path directory = prefix.getParent();
        if (directory == null) {
            throw new IllegalArgumentException("'" + output + "' has no parent directory for a state file");
        }
        List<Path> all = new ArrayList<>();
        List<Double> times = new ArrayList<>();
        Optional<CheckpointState> before = CheckpointState.find(directory);
        if (before.isPresent()) {
            CheckpointState known = before.get();
            boolean timed = known.timestamps().size() == known.all().size();
            for (int i = 0; i < known.all().size(); i++) {
                Path path = known.resolve(known.all().get(i));
                if (!isSame(known, known.all().get(i), prefix)) {
                    all.add(path);
                    if (timed) {
                        times.add(known.timestamps().get(i));
                    }
                }
            }
        }
        all.add(prefix);
        if (times.size() == all.size() - 1) {
            times.add(System.currentTimeMillis() / 1000.0);
        }
        CheckpointState updated = CheckpointState.of(directory, prefix, all, times, true);
        return new CheckpointState(
                directory,
                updated.latest(),
                updated.all(),
                updated.timestamps(),
                before.isPresent() ? before.get().lastPreserved() : OptionalDouble.empty());
    }

    /** Returns whether an entry, however it is written, leads to a checkpoint that exists. */
    private static boolean isSame(CheckpointState known, String entry, Path prefix) throws IOException {
        CheckpointLocation found = CheckpointLocator.locate(known, entry).orElse(null);
        if (found == null) {
            return known.resolve(entry).normalize().equals(prefix);
        }
        Path index = Path.of(prefix + ".index");
        return Files.exists(index) && Files.isSameFile(found.files().get(0), index);
    }
}
