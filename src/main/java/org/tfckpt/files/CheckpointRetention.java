package org.tfckpt.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.tfckpt.tensor.DataLossException;

/**
 * Decides which checkpoints of a training run are kept, by the rules of TensorFlow's {@code Saver} or
 * {@code CheckpointManager}. Immutable: it does no I/O, and {@link #saved} returns a new instance. After a checkpoint
 * has been written, write the new state file, then delete the dropped checkpoints ({@link CheckpointFiles}).
 *
 * <pre>{@code
 * CheckpointRetention.Saved saved = retention.saved(prefix, now);
 * saved.state().write();
 * for (Path old : saved.dropped()) {
 *   for (Path file : CheckpointFiles.of(old).all()) {
 *     Files.deleteIfExists(file);
 *   }
 * }
 * retention = saved.next();
 * }</pre>
 *
 * <p>Times are seconds since 1970.
 */
public final class CheckpointRetention {
    private static final double HOUR = 3600;

    private final Path directory;
    private final boolean manager;
    private final Policy policy;
    private final List<Listed> listed;
    /**
     * For a saver, the time after which the next checkpoint is preserved; for a manager, the time of the last preserved
     * one.
     */
    private final double mark;

    private CheckpointRetention(Path directory, boolean manager, Policy policy, List<Listed> listed, double mark) {
        this.directory = directory;
        this.manager = manager;
        this.policy = policy;
        this.listed = List.copyOf(listed);
        this.mark = mark;
    }

    /**
     * The number of checkpoints to keep.
     *
     * @param maxToKeep the number of latest checkpoints to keep; 0 for all
     * @param keepEveryHours the interval in hours at which one of the older checkpoints is preserved, that is, kept
     *     permanently
     */
    public record Policy(int maxToKeep, double keepEveryHours) {
        /**
         * Creates a policy.
         *
         * @param maxToKeep at least 0
         * @param keepEveryHours greater than 0
         * @throws IllegalArgumentException if a number is out of range
         */
        public Policy {
            if (maxToKeep < 0) {
                throw new IllegalArgumentException("maxToKeep must be at least 0, not " + maxToKeep);
            }
            if (!(keepEveryHours > 0)) {
                throw new IllegalArgumentException("keepEveryHours must be greater than 0, not " + keepEveryHours);
            }
        }

        /**
         * Returns a policy that keeps only the latest checkpoints.
         *
         * @param maxToKeep the number of checkpoints to keep; 0 for all
         * @return the policy
         */
        public static Policy latest(int maxToKeep) {
            return new Policy(maxToKeep, Double.POSITIVE_INFINITY);
        }
    }

    /**
     * A tracked checkpoint, which may be deleted later.
     *
     * @param prefix its prefix
     * @param time the time at which it was saved
     */
    public record Listed(Path prefix, double time) {}

    /**
     * The result of {@link #saved}.
     *
     * @param next the retention to continue with
     * @param state the new state file
     * @param dropped the checkpoints to delete
     */
    public record Saved(CheckpointRetention next, CheckpointState state, List<Path> dropped) {
        /**
         * Makes an immutable copy of {@code dropped}.
         *
         * @param next the retention to continue with
         * @param state the new state file
         * @param dropped the checkpoints to delete
         */
        public Saved {
            dropped = List.copyOf(dropped);
        }
    }

    /**
     * Behaves like a new {@code Saver}: only checkpoints given here or saved through it are tracked and deleted.
     *
     * @param directory the directory of the state file
     * @param policy the number of checkpoints to keep; the first preserved checkpoint is saved at least
     *     {@code keepEveryHours} from now
     * @param listed the checkpoints of an earlier saver that are still tracked, oldest first
     * @param now the current time
     * @return the retention
     */
    public static CheckpointRetention saver(Path directory, Policy policy, List<Listed> listed, double now) {
        return new CheckpointRetention(directory, false, policy, listed, now + policy.keepEveryHours() * HOUR);
    }

    /**
     * Behaves like a new {@code CheckpointManager} in a directory without a state file.
     *
     * @param directory the directory of the state file to be written
     * @param policy the number of checkpoints to keep
     * @param now the current time
     * @return a retention without checkpoints
     */
    public static CheckpointRetention manager(Path directory, Policy policy, double now) {
        return new CheckpointRetention(directory, true, policy, List.of(), now - 1);
    }

    /**
     * Behaves like a new {@code CheckpointManager} in a directory that has a state file. It tracks the checkpoints
     * whose times are known and later than that of the last preserved one, and never deletes others.
     *
     * @param state the state file; its directory is the manager's
     * @param policy the number of checkpoints to keep. If there are more, the next call of {@link #saved} drops the
     *     others
     * @param now the current time; later times in the state file count as this one
     * @return the retention
     * @throws DataLossException if an entry of the state file cannot be a path of this file system
     */
    public static CheckpointRetention manager(CheckpointState state, Policy policy, double now)
            throws DataLossException {
        double preserved = Math.min(now, state.lastPreserved().orElse(0));
        List<Listed> listed = new ArrayList<>();
        for (int i = 0; i < Math.min(state.all().size(), state.timestamps().size()); i++) {
            double time = Math.min(now, state.timestamps().get(i));
            if (time > preserved) {
                listed.add(new Listed(state.resolve(state.all().get(i)), time));
            }
        }
        return new CheckpointRetention(state.directory(), true, policy, listed, preserved);
    }

    /** {@return the tracked checkpoints, oldest first; preserved ones are not included} */
    public List<Listed> listed() {
        return listed;
    }

    /** {@return the prefixes of the tracked checkpoints, oldest first} */
    public List<Path> prefixes() {
        return listed.stream().map(Listed::prefix).toList();
    }

    /**
     * Adds a checkpoint that was saved. If it is tracked already, it becomes the latest.
     *
     * @param prefix its prefix; for a sharded V1 checkpoint, the pattern
     * @param time the time at which it was saved
     * @return the new state file, the checkpoints to delete, and the retention to continue with
     * @throws IllegalArgumentException if the checkpoint has the path of the state file
     */
    public Saved saved(Path prefix, double time) {
        List<Listed> kept = new ArrayList<>(listed);
        List<Path> dropped = new ArrayList<>();
        double marked = mark;
        kept.removeIf(checkpoint -> checkpoint.prefix().equals(prefix));
        kept.add(new Listed(prefix, time));
        if (policy.maxToKeep() == 0 && !manager) {
            // A saver without a limit keeps no list.
            kept.subList(0, kept.size() - 1).clear();
        }
        while (policy.maxToKeep() > 0 && kept.size() > policy.maxToKeep()) {
            Listed oldest = kept.remove(0);
            if (isPreserved(oldest, marked)) {
                marked = manager ? oldest.time() : marked + policy.keepEveryHours() * HOUR;
            } else {
                dropped.add(oldest.prefix());
            }
            if (!manager) {
                // A saver drops one checkpoint at a time, so that it stays above its limit if it was given more.
                break;
            }
        }
        return new Saved(
                new CheckpointRetention(directory, manager, policy, kept, marked), state(kept, marked), dropped);
    }

    private boolean isPreserved(Listed checkpoint, double marked) {
        return manager ? checkpoint.time() - policy.keepEveryHours() * HOUR >= marked : checkpoint.time() > marked;
    }

    /** A manager's state file contains relative paths, so it can be moved with its checkpoints, and timestamps. */
    private CheckpointState state(List<Listed> kept, double preserved) {
        CheckpointState state = CheckpointState.of(
                directory,
                kept.get(kept.size() - 1).prefix(),
                kept.stream().map(Listed::prefix).toList(),
                manager ? kept.stream().map(Listed::time).toList() : List.of(),
                manager);
        return manager
                ? new CheckpointState(
                        state.directory(),
                        state.latest(),
                        state.all(),
                        state.timestamps(),
                        OptionalDouble.of(preserved))
                : state;
    }

    /** {@return the prefixes of the tracked checkpoints as text, for example {@code [log/model-1, log/model-2]}} */
    @Override
    public String toString() {
        return prefixes().toString();
    }
}
