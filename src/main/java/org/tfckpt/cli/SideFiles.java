package org.tfckpt.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.files.CheckpointState;
import picocli.CommandLine.Option;

/** What stands beside a checkpoint: its graph, and the state file. Neither is touched unless that is asked for. */
final class SideFiles {
    /** What becomes of the graph. */
    enum Meta {
        LEAVE,
        COPY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What becomes of the state file. */
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
            description = "The '.meta' beside the checkpoint: ${COMPLETION-CANDIDATES}. Of several checkpoints that of"
                    + " the first; with --for, that graph's. It is copied as it is: it has the names that it had.")
    private Meta meta = Meta.LEAVE;

    @Option(
            names = "--state",
            paramLabel = "WHAT",
            defaultValue = "leave",
            description = "The state file of the new checkpoint's directory: ${COMPLETION-CANDIDATES}; updated, it"
                    + " names the new checkpoint as the latest.")
    private State state = State.LEAVE;

    SideFiles() {}

    /** The graph to copy, or null; whatever is wrong with it is said before anything is written. */
    @Nullable
    Path meta(List<Checkpoint> inputs, @Nullable Path graph, Path output, boolean force) throws IOException {
        if (meta == Meta.LEAVE) {
            return null;
        }
        Path source = graph != null && graph.toString().endsWith(".meta")
                ? graph
                : Path.of(CheckpointState.graphFile((graph == null ? inputs.get(0) : graph).toString()));
        if (!Files.isRegularFile(source)) {
            throw new NoSuchFileException(source.toString());
        }
        Path target = target(output);
        if (!force && Files.exists(target)) {
            throw new FileAlreadyExistsException(
                    target.toString(), null, "it is there already, and is replaced only where that is asked for");
        }
        return Files.exists(target) && Files.isSameFile(source, target) ? null : source;
    }

    private static Path target(Path output) {
        return Path.of(CheckpointState.graphFile(output.toString()));
    }

    /** Written when the checkpoint is there. */
    void write(@Nullable Path source, Path output, boolean force) throws IOException {
        if (source != null) {
            copy(source, target(output), force);
        }
        if (state == State.UPDATE) {
            update(output);
        }
    }

    private static void copy(Path source, Path target, boolean force) throws IOException {
        Path temporary = target.resolveSibling(target.getFileName() + ".tfckpt-tmp");
        try {
            Files.copy(source, temporary, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            if (force) {
                Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.move(temporary, target);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Those that the directory had stay in the list, the new one is its last. */
    private static void update(Path output) throws IOException {
        Path prefix = output.toAbsolutePath().normalize();
        Path directory = prefix.getParent();
        if (directory == null) {
            throw new IllegalArgumentException("no directory for a state file: " + output);
        }
        List<Path> all = new ArrayList<>();
        List<Double> times = new ArrayList<>();
        Optional<CheckpointState> before = CheckpointState.find(directory);
        if (before.isPresent()) {
            CheckpointState known = before.get();
            boolean timed = known.timestamps().size() == known.all().size();
            for (int i = 0; i < known.all().size(); i++) {
                Path path = known.resolve(known.all().get(i));
                if (!path.normalize().equals(prefix)) {
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
        } else {
            times.clear();
        }
        CheckpointState.of(directory, prefix, all, times, true).write();
    }
}
