package org.tfckpt.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.tfckpt.tensor.DataLossException;

/**
 * Which of the checkpoints of a training are kept, by the rules of TensorFlow's {@code Saver} or those of its
 * {@code CheckpointManager}. A value: it touches no file, and {@link #saved} gives another one. After a checkpoint was
 * written, write the new state file, and then delete what is to be deleted ({@link CheckpointFiles}).
 *
 * <pre>{@code
 * CheckpointRetention.Saved saved = retention.saved(prefix, now);
 * Files.writeString(directory.resolve(CheckpointState.FILE_NAME), saved.state().toText());
 * for (Path old : saved.dropped()) {
 *   for (Path file : CheckpointFiles.of(old).all()) {
 *     Files.deleteIfExists(file);
 *   }
 * }
 * retention = saved.next();
 * }</pre>
 *
 * <p>Times are in seconds since 1970.
 */
public final class CheckpointRetention {
    private static final double HOUR = 3600;

    private final Path directory;
    private final boolean manager;
    private final Policy policy;
    private final List<Listed> listed;
    /** Of a saver, after when a checkpoint is kept for good; of a manager, the time of the last one that was. */
    private final double mark;

    private CheckpointRetention(Path directory, boolean manager, Policy policy, List<Listed> listed, double mark) {
        this.directory = directory;
        this.manager = manager;
        this.policy = policy;
        this.listed = List.copyOf(listed);
        this.mark = mark;
    }

    /**
     * How much is kept.
     *
     * @param maxToKeep so many of the latest; 0 for all
     * @param keepEveryHours of those that are older, one in so many hours is kept for good
     */
    public record Policy(int maxToKeep, double keepEveryHours) {
        /**
         * Checks the numbers.
         *
         * @param maxToKeep at least 0
         * @param keepEveryHours more than 0
         * @throws IllegalArgumentException for others
         */
        public Policy {
            if (maxToKeep < 0) {
                throw new IllegalArgumentException("cannot keep " + maxToKeep + " checkpoints");
            }
            if (!(keepEveryHours > 0)) {
                throw new IllegalArgumentException("cannot keep one in " + keepEveryHours + " hours");
            }
        }

        /**
         * Keeps the latest and nothing else.
         *
         * @param maxToKeep so many; 0 for all
         * @return the policy
         */
        public static Policy latest(int maxToKeep) {
            return new Policy(maxToKeep, Double.POSITIVE_INFINITY);
        }
    }

    /**
     * A checkpoint that is listed, and may come to be deleted.
     *
     * @param prefix where it is
     * @param time when it was saved
     */
    public record Listed(Path prefix, double time) {}

    /**
     * What a newly saved checkpoint changes.
     *
     * @param next the retention from here on
     * @param state the new state file
     * @param dropped the checkpoints to delete
     */
    public record Saved(CheckpointRetention next, CheckpointState state, List<Path> dropped) {
        /**
         * The same with a list that nobody else can change.
         *
         * @param next the retention from here on
         * @param state the new state file
         * @param dropped the checkpoints to delete
         */
        public Saved {
            dropped = List.copyOf(dropped);
        }
    }

    /**
     * As a new {@code Saver}: it knows of no checkpoint but those it is given or saves, and deletes no other.
     *
     * @param directory where the state file is
     * @param policy how much is kept; the first one that is kept for good is saved its hours from now at the earliest
     * @param listed those of an earlier saver that this one goes on from, oldest first
     * @param now the time
     * @return a retention
     */
    public static CheckpointRetention saver(Path directory, Policy policy, List<Listed> listed, double now) {
        return new CheckpointRetention(directory, false, policy, listed, now + policy.keepEveryHours() * HOUR);
    }

    /**
     * As a new {@code CheckpointManager} in a directory without a state file.
     *
     * @param directory where the state file will be
     * @param policy how much is kept
     * @param now the time
     * @return a retention without checkpoints
     */
    public static CheckpointRetention manager(Path directory, Policy policy, double now) {
        return new CheckpointRetention(directory, true, policy, List.of(), now - 1);
    }

    /**
     * As a new {@code CheckpointManager} in a directory that has a state file. It goes on from those checkpoints whose times
     * are known and after that of the last one kept for good; it will never delete others.
     *
     * @param state the state file; its directory is the manager's
     * @param policy how much is kept. Where it is less than there is, the next {@link #saved} drops the rest
     * @param now the time; no checkpoint is from later
     * @return a retention
     * @throws DataLossException if an entry of the state cannot be a path of this file system
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

    /**
     * What is listed.
     *
     * @return oldest first; those that are kept for good are not among them
     */
    public List<Listed> listed() {
        return listed;
    }

    /**
     * What is listed, without the times.
     *
     * @return oldest first
     */
    public List<Path> prefixes() {
        return listed.stream().map(Listed::prefix).toList();
    }

    /**
     * Takes note of a checkpoint that was saved. One that is listed already moves to the end.
     *
     * @param prefix where it is; of V1 in several files their pattern
     * @param time when it was saved
     * @return what to write, what to delete, and what to go on from
     * @throws IllegalArgumentException if the checkpoint would be the state file itself
     */
    public Saved saved(Path prefix, double time) {
        List<Listed> kept = new ArrayList<>(listed);
        List<Path> dropped = new ArrayList<>();
        double marked = mark;
        kept.removeIf(checkpoint -> checkpoint.prefix().equals(prefix));
        kept.add(new Listed(prefix, time));
        if (policy.maxToKeep() == 0 && !manager) {
            // Such a saver keeps no list.
            kept.subList(0, kept.size() - 1).clear();
        }
        while (policy.maxToKeep() > 0 && kept.size() > policy.maxToKeep()) {
            Listed oldest = kept.remove(0);
            if (isForGood(oldest, marked)) {
                marked = manager ? oldest.time() : marked + policy.keepEveryHours() * HOUR;
            } else {
                dropped.add(oldest.prefix());
            }
            if (!manager) {
                // A saver that was given more than it keeps drops one at a time, and so stays above its limit.
                break;
            }
        }
        return new Saved(
                new CheckpointRetention(directory, manager, policy, kept, marked), state(kept, marked), dropped);
    }

    private boolean isForGood(Listed checkpoint, double marked) {
        return manager ? checkpoint.time() - policy.keepEveryHours() * HOUR >= marked : checkpoint.time() > marked;
    }

    /** A manager's state can be moved with its checkpoints, and says when each was saved. */
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

    /**
     * What is listed.
     *
     * @return the prefixes
     */
    @Override
    public String toString() {
        return prefixes().toString();
    }
}
