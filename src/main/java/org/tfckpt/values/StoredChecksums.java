package org.tfckpt.values;

import java.io.IOException;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.scan.TensorChunks;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** Compares tensors by the checksums in the indexes, without reading their values. */
final class StoredChecksums {
    private StoredChecksums() {}

    /** What the checksums tell about the stored bytes. */
    enum Result {
        EQUAL,
        DIFFERENT,
        UNKNOWN
    }

    /** Compares two tensors of the same dtype and shape. */
    static Result compare(Checkpoint checkpointA, TensorInfo a, Checkpoint checkpointB, TensorInfo b)
            throws IOException {
        boolean sameOrder = a.dtype().swapUnit() == 1
                || checkpointA.tensor(a).order().equals(checkpointB.tensor(b).order());
        if (!sameOrder) {
            return Result.UNKNOWN;
        }
        if (!a.isPartitioned() && !b.isPartitioned()) {
            return compare(TensorChunks.storage(checkpointA, a, null), TensorChunks.storage(checkpointB, b, null));
        }
        if (a.slices().size() != b.slices().size() || !new HashSet<>(a.slices()).equals(new HashSet<>(b.slices()))) {
            return Result.UNKNOWN;
        }
        Result result = Result.EQUAL;
        for (TensorSlice slice : a.slices()) {
            Result ofSlice =
                    compare(TensorChunks.storage(checkpointA, a, slice), TensorChunks.storage(checkpointB, b, slice));
            if (ofSlice != Result.EQUAL) {
                result = ofSlice;
            }
            if (ofSlice == Result.UNKNOWN) {
                break;
            }
        }
        return result;
    }

    private static Result compare(TensorInfo.@Nullable Storage a, TensorInfo.@Nullable Storage b) {
        if (a == null || b == null) {
            return Result.UNKNOWN;
        }
        return a.size() == b.size() && a.crc32c() == b.crc32c() ? Result.EQUAL : Result.DIFFERENT;
    }
}
