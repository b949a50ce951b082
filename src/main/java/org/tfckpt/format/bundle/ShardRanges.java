package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.VerificationListener;
import org.tfckpt.io.ByteRanges;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSources;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo.Storage;

/** Records which bytes of the shards belong to tensors, and limits how much of each shard a verification reads. */
final class ShardRanges {
    /** The number of bytes that are always read, even if tensors share bytes: this takes no noticeable time. */
    private static final long SHARED = 1 << 20;

    private final Shards shards;
    private final Map<Integer, Use> use = new TreeMap<>();
    private final Map<Integer, ToRead> toRead = new HashMap<>();
    /** If a block or an entry cannot be read, bytes that seem unused may belong to its tensors. */
    private boolean allRangesKnown = true;

    /** What the entries of a shard refer to, and what is damaged. */
    private static final class Use {
        private final ByteRanges ranges = new ByteRanges();
        private final DataFileDiagnosis diagnosis = new DataFileDiagnosis();
    }

    /** The number of bytes of a shard that may still be read. */
    private static final class ToRead {
        private final long size;
        private long left;

        ToRead(long size) {
            this.size = size;
            this.left = 2 * size + SHARED;
        }

        boolean take(long bytes) {
            if (bytes < 0 || bytes > size) {
                return true;
            }
            boolean enough = bytes <= left;
            left = Math.max(0, left - bytes);
            return enough;
        }
    }

    ShardRanges(Shards shards) {
        this.shards = shards;
    }

    /**
     * Returns whether the bytes of a tensor may be read: a small index could name one large range a thousand times. A
     * range outside the shard is not read anyway.
     */
    boolean mayRead(Storage storage) throws IOException {
        ToRead shard = toRead.get(storage.shard());
        if (shard == null) {
            shard = new ToRead(shards.get(storage.shard(), "").size());
            toRead.put(storage.shard(), shard);
        }
        return shard.take(storage.size());
    }

    /** Records that bytes belong to a tensor, which is damaged unless {@code damage} is null. */
    void add(Storage storage, long size, @Nullable ProblemKind damage) {
        if (size > 0 && storage.offset() >= 0 && storage.offset() <= Long.MAX_VALUE - size) {
            Use shard = use.computeIfAbsent(storage.shard(), number -> new Use());
            shard.ranges.add(storage.offset(), size);
            shard.diagnosis.add(storage.offset() + size, damage);
        }
    }

    /** Records that the bytes of some tensor are unknown, so that no bytes are reported as unused. */
    void rangeIsUnknown() {
        allRangesKnown = false;
    }

    /** Reports files that are damaged as a whole, bytes that belong to several tensors, and bytes that belong to none. */
    void check(VerificationListener listener) throws IOException {
        for (Map.Entry<Integer, Use> shard : use.entrySet()) {
            try {
                check(shards.get(shard.getKey(), ""), shard.getValue(), listener);
            } catch (DataLossException alreadyReported) {
                // The shard is missing or truncated, which was reported for its tensors.
            }
        }
        Set<Path> referred = use.keySet().stream().map(shards::path).collect(Collectors.toSet());
        for (DataFile file : shards.existing()) {
            if (!referred.contains(file.path())) {
                checkUnused(file, listener);
            }
        }
    }

    private void check(ByteSource file, Use shard, VerificationListener listener) throws IOException {
        Problem whole = shard.diagnosis.of(file, allRangesKnown);
        if (whole != null) {
            listener.damagedFile(whole);
        }
        boolean reportUnused = allRangesKnown && (whole == null || whole.kind() != ProblemKind.WRONG_FILE);
        shard.ranges.check(
                file,
                (offset, length) -> listener.problem(new Problem(
                        file.name(),
                        offset,
                        null,
                        ProblemKind.OVERLAP,
                        length + " bytes belong to more than one tensor")),
                (offset, length) -> {
                    if (reportUnused) {
                        listener.problem(
                                unused(file, offset, length + " bytes belong to no tensor and are not all zero"));
                    }
                });
    }

    /** Reports a data file that no entry refers to. */
    private void checkUnused(DataFile unused, VerificationListener listener) throws IOException {
        boolean counted = shards.isCounted(unused);
        if (counted && !allRangesKnown) {
            return;
        }
        try (ByteSource file = ByteSources.channel(unused.path())) {
            if (!ByteRanges.isZero(file, 0, file.size())) {
                String names = shards.count() == 1 ? "the only one" : "one of the " + shards.count();
                listener.problem(unused(
                        file,
                        0,
                        counted
                                ? "no tensor refers to this data file of " + file.size() + " bytes"
                                : "this data file of " + file.size() + " bytes is not " + names
                                        + " that the index names"));
            }
        } catch (FileSystemException | DataLossException changedOrUnreadable) {
            // The checkpoint does not need the file.
        }
    }

    private static Problem unused(ByteSource file, long offset, String message) {
        return new Problem(file.name(), offset, null, ProblemKind.UNUSED_BYTES, message);
    }
}
