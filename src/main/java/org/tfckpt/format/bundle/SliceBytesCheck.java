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

/** Checks that the slices of a tensor do not share bytes: otherwise a small file could contain a tensor of any size. */
final class SliceBytesCheck {
    private final String tensor;
    private final BitSet slices = new BitSet();
    /** The number of bytes of the slices, by shard. */
    private final Map<Integer, Long> claimed = new HashMap<>();

    SliceBytesCheck(String tensor) {
        this.tensor = tensor;
    }

    /**
     * Checks that the bytes of a slice are in the shard, and that all slices together are not larger than the shard.
     */
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
