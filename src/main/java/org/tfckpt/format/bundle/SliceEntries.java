package org.tfckpt.format.bundle;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.SliceKey;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;

/**
 * Finds the entries of the slices of a partitioned tensor: a few by lookups, many in one pass over the index. Slices
 * may be listed in any order and blocks may be large, so that lookups of all slices could read every block many times.
 *
 * <p>Also checks that the slices do not share bytes: otherwise a small file could contain a tensor of any size.
 */
final class SliceEntries {
    private static final int FEW = 16;

    private final BundleIndex index;
    private final TensorInfo tensor;
    private Map<Integer, DataLossException> damaged = Map.of();
    private int lookups;
    private @Nullable TensorInfo @Nullable [] found;
    private final BitSet claims = new BitSet();
    /** The number of bytes of the slices, by shard. */
    private final Map<Integer, Long> claimed = new HashMap<>();

    SliceEntries(BundleIndex index, TensorInfo tensor) {
        this.index = index;
        this.tensor = tensor;
    }

    byte[] key(int slice) {
        return new SliceKey(tensor.name(), tensor.slices().get(slice)).encode();
    }

    synchronized @Nullable TensorInfo find(int slice) throws IOException {
        if (found == null && lookups++ < FEW) {
            return index.find(key(slice));
        }
        if (found == null) {
            found = findAll();
        }
        DataLossException damage = damaged.get(slice);
        if (damage != null) {
            throw damage;
        }
        return found[slice];
    }

    private @Nullable TensorInfo[] findAll() throws IOException {
        int count = tensor.slices().size();
        byte[][] keys = new byte[count][];
        Arrays.setAll(keys, this::key);
        int[] order = IntStream.range(0, count)
                .boxed()
                .sorted((a, b) -> Arrays.compareUnsigned(keys[a], keys[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        @Nullable TensorInfo[] all = new TensorInfo[count];
        damaged = new HashMap<>();
        try (BundleIndex.Lookup lookup = index.new Lookup()) {
            for (int slice : order) {
                try {
                    all[slice] = lookup.find(keys[slice]);
                } catch (DataLossException e) {
                    damaged.put(slice, e);
                }
            }
        }
        return all;
    }

    /** Checks that the bytes of a slice are in its shard, and that all slices together are not larger than the shard. */
    synchronized void claim(int slice, StoredEntry stored) throws IOException {
        stored.requireBytes(stored.storage().size());
        if (claims.get(slice)) {
            return;
        }
        claims.set(slice);
        long sum = claimed.merge(stored.storage().shard(), stored.storage().size(), Long::sum);
        long size = stored.shard().size();
        if (sum > size) {
            throw stored.damage(
                    ProblemKind.OVERLAP,
                    "Slices of partitioned tensor " + tensor.name() + " share bytes",
                    stored.place().mismatch("at most " + size + " bytes", sum));
        }
    }
}
