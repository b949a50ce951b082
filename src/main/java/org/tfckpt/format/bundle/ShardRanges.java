package org.tfckpt.format.bundle;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tfckpt.io.ByteRanges;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo.Storage;

/** Records which bytes of the shards belong to tensors, and limits how much of each shard a verification reads. */
final class ShardRanges {
    /** The number of bytes that are always read, even if tensors share bytes: this takes no noticeable time. */
    private static final long SHARED = 1 << 20;

    private final Shards shards;
    private final Map<Integer, ByteRanges> use = new TreeMap<>();
    private final Map<Integer, ToRead> toRead = new HashMap<>();
    /** If a block or an entry cannot be read, bytes that seem unused may belong to its tensors. */
    private boolean allRangesKnown = true;

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

    /** Records that bytes belong to a tensor. */
    void add(Storage storage, long size) {
        if (size > 0 && storage.offset() >= 0 && storage.offset() <= Long.MAX_VALUE - size) {
            use.computeIfAbsent(storage.shard(), shard -> new ByteRanges()).add(storage.offset(), size);
        }
    }

    /** Records that the bytes of some tensor are unknown, so that no bytes are reported as unused. */
    void rangeIsUnknown() {
        allRangesKnown = false;
    }

    /** Reports bytes that belong to several tensors, and bytes that belong to none. */
    void check(Consumer<Problem> problems) throws IOException {
        for (Map.Entry<Integer, ByteRanges> shard : use.entrySet()) {
            check(shard.getKey(), shard.getValue(), problems);
        }
    }

    private void check(int shard, ByteRanges ranges, Consumer<Problem> problems) throws IOException {
        String file = shards.path(shard).toString();
        try {
            ranges.check(
                    shards.get(shard, ""),
                    (offset, length) -> problems.accept(new Problem(
                            file, offset, null, ProblemKind.OVERLAP, length + " bytes belong to more than one tensor")),
                    (offset, length) -> {
                        if (allRangesKnown) {
                            problems.accept(new Problem(
                                    file,
                                    offset,
                                    null,
                                    ProblemKind.UNUSED_BYTES,
                                    length + " bytes belong to no tensor and are not all zero"));
                        }
                    });
        } catch (DataLossException alreadyReported) {
            // The shard is missing or truncated, which was reported for its tensors.
            return;
        }
    }
}
