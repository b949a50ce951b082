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

/** Accounts for the bytes of a bundle's shards: whose they are, and how many of them a verification has yet to read. */
final class ShardRanges {
    /** Tensors that share bytes are all read as long as that takes no time. */
    private static final long SHARED = 1 << 20;

    private final Shards shards;
    private final Map<Integer, ByteRanges> use = new TreeMap<>();
    private final Map<Integer, ToRead> toRead = new HashMap<>();
    /** Where a block or an entry cannot be read, bytes that seem to be nobody's may be those of its tensors. */
    private boolean allPlacesKnown = true;

    /** How much of a shard may be read. */
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
     * Whether a tensor's bytes may be read: a small index could name one large range a thousand times. What does not lie
     * in the shard is not read anyway.
     */
    boolean mayRead(Storage storage) throws IOException {
        ToRead shard = toRead.get(storage.shard());
        if (shard == null) {
            shard = new ToRead(shards.get(storage.shard(), "").size());
            toRead.put(storage.shard(), shard);
        }
        return shard.take(storage.size());
    }

    /** Bytes that are a tensor's. */
    void add(Storage storage, long size) {
        if (size > 0 && storage.offset() >= 0 && storage.offset() <= Long.MAX_VALUE - size) {
            use.computeIfAbsent(storage.shard(), shard -> new ByteRanges()).add(storage.offset(), size);
        }
    }

    /** Some tensor's bytes are who knows where. */
    void somePlaceIsUnknown() {
        allPlacesKnown = false;
    }

    /** Tells what belongs to more than one, and what to nobody. */
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
                        if (allPlacesKnown) {
                            problems.accept(new Problem(
                                    file,
                                    offset,
                                    null,
                                    ProblemKind.UNUSED_BYTES,
                                    length + " bytes belong to no tensor and are not all zero"));
                        }
                    });
        } catch (DataLossException alreadySaidOfItsTensors) {
            // A shard that is not there, or that ends too early.
            return;
        }
    }
}
