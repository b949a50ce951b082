package org.tfckpt.values;

import java.util.Comparator;
import org.tfckpt.tensor.TensorInfo;

/** Orders tensors by the place of their bytes; those whose place is unknown are equal, and come last. */
enum FileOrder implements Comparator<TensorInfo> {
    INSTANCE;

    @Override
    public int compare(TensorInfo a, TensorInfo b) {
        TensorInfo.Storage first = a.storage();
        TensorInfo.Storage second = b.storage();
        if (first == null || second == null) {
            return first == second ? 0 : first == null ? 1 : -1;
        }
        int shards = Integer.compare(first.shard(), second.shard());
        return shards != 0 ? shards : Long.compare(first.offset(), second.offset());
    }
}
