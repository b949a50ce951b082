package org.tfckpt.format.bundle;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.TensorScan;
import org.tfckpt.format.table.TableIterator;
import org.tfckpt.tensor.TensorInfo;

/** Lists the stored entries: the slices of a partitioned tensor under their own keys, instead of the tensor. */
final class EntryScan implements TensorScan {
    private final BundleIndex index;
    private final TableIterator at;

    EntryScan(BundleIndex index) throws IOException {
        this.index = index;
        this.at = index.entries();
    }

    @Override
    public @Nullable TensorInfo next() throws IOException {
        while (at.valid()) {
            TensorInfo info = index.entry(at);
            at.next();
            if (!info.isPartitioned()) {
                return info;
            }
        }
        return null;
    }
}
