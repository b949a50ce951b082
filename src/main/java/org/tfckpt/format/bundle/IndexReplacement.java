package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSources;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.CheckpointReplacedException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;

/**
 * Finds out, when a data file does not have the expected bytes, whether the checkpoint has been replaced since it was
 * opened. Until then it costs nothing. Thread-safe.
 */
final class IndexReplacement {
    /** What another checkpoint's data files look like. */
    private static final Set<ProblemKind> SYMPTOMS = EnumSet.of(
            ProblemKind.MISSING_FILE,
            ProblemKind.TRUNCATED,
            ProblemKind.TENSOR_CHECKSUM,
            ProblemKind.STRING_LENGTHS,
            ProblemKind.VARIANT);

    private static final int PART = 1 << 16;

    private final Path path;
    private final ByteSource opened;
    private final long openedSize;
    private final long openedMillis;
    /** The file that was last found to be equal: a salvage may fail to read a million tensors. */
    private volatile @Nullable Version equal;

    private record Version(@Nullable Object key, long size, FileTime modified) {}

    /**
     * Creates the check of the index that is open. Its size is that when it was opened, the time is one before it was.
     */
    IndexReplacement(Path path, ByteSource opened, long openedSize, long openedMillis) {
        this.path = path;
        this.opened = opened;
        this.openedSize = openedSize;
        this.openedMillis = openedMillis;
    }

    /** Returns the damage, or its explanation if the checkpoint has been replaced. */
    CheckpointException explain(DataLossException damage) {
        if (!SYMPTOMS.contains(damage.kind())) {
            return damage;
        }
        try {
            String problem = problem();
            return problem == null
                    ? damage
                    : new CheckpointReplacedException(
                            problem, damage.context().withHint("open the checkpoint again"), damage);
        } catch (IOException e) {
            damage.addSuppressed(e);
            return damage;
        }
    }

    private @Nullable String problem() throws IOException {
        if (path.getFileSystem() instanceof StorageFileSystem storage) {
            try (StorageFileSystem now = storage.renewed()) {
                return problem(now.getPath(path.toString()));
            }
        }
        return problem(path);
    }

    private @Nullable String problem(Path file) throws IOException {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return isEqual(file, now) ? null : "the checkpoint was replaced while it was being read";
        } catch (NoSuchFileException e) {
            return "the checkpoint was deleted or replaced while it was being read";
        }
    }

    private boolean isEqual(Path file, BasicFileAttributes now) throws IOException {
        Version version = new Version(now.fileKey(), now.size(), now.lastModifiedTime());
        if (version.equals(equal)) {
            return true;
        }
        // TensorFlow overwrites an index in place. Then the open file has the new bytes, too.
        boolean same = version.size == openedSize && version.modified.toMillis() <= openedMillis && hasSameBytes(file);
        if (same) {
            equal = version;
        }
        return same;
    }

    private boolean hasSameBytes(Path file) throws IOException {
        try (ByteSource current = ByteSources.channel(file)) {
            ByteBuffer before = ByteBuffer.allocate((int) Math.min(PART, openedSize));
            ByteBuffer after = ByteBuffer.allocate(before.capacity());
            for (long at = 0; at < openedSize; at += PART) {
                int length = (int) Math.min(PART, openedSize - at);
                opened.readInto(at, before.clear().limit(length));
                current.readInto(at, after.clear().limit(length));
                if (!before.flip().equals(after.flip())) {
                    return false;
                }
            }
            return true;
        } catch (DataLossException truncatedMeanwhile) {
            return false;
        }
    }
}
