package org.tfckpt.format.bundle;

import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;

/** Which bytes the slices of one tensor say are theirs: slices that share bytes could make any size out of a small file. */
final class SliceBytesCheck {
    private final String tensor;
    private final BitSet slices = new BitSet();
    /** Bytes of each shard. */
    private final Map<Integer, Long> claimed = new HashMap<>();

    SliceBytesCheck(String tensor) {
        this.tensor = tensor;
    }

    /** Checks that a slice's bytes are in the shard, and not more than are left of it. */
    synchronized void add(int slice, TensorInfo.Storage storage, ByteSource shard) throws IOException {
        shard.requireRange(storage.offset(), storage.size());
        if (slices.get(slice)) {
            return;
        }
        slices.set(slice);
        long sum = claimed.merge(storage.shard(), storage.size(), Long::sum);
        if (sum > shard.size()) {
            throw new DataLossException(
                    ProblemKind.OVERLAP,
                    "Slices of partitioned tensor " + tensor + " share bytes",
                    ErrorContext.at(shard.name(), storage.offset())
                            .ofTensor(tensor)
                            .mismatch("at most " + shard.size() + " bytes", sum));
        }
    }
}
