package org.tfckpt.format.bundle;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.TensorScan;
import org.tfckpt.format.table.TableIterator;
import org.tfckpt.tensor.TensorInfo;

/**
 * Lists a bundle's tensors: every key but the header's and those of slices that belong to a partitioned tensor, so that
 * such a tensor comes once, whole, under its name.
 */
final class BundleScan implements TensorScan {
    private final BundleIndex index;
    private final TableIterator at;
    private final SliceKeyLookup owner;

    BundleScan(BundleIndex index) throws IOException {
        this.index = index;
        this.at = index.entries();
        this.owner = new SliceKeyLookup(index);
    }

    @Override
    public @Nullable TensorInfo next() throws IOException {
        while (at.valid() && isListedSlice()) {
            at.next();
        }
        if (!at.valid()) {
            return null;
        }
        TensorInfo info = index.entry(at);
        at.next();
        return info;
    }

    private boolean isListedSlice() throws IOException {
        SliceKey slice = SliceKeyLookup.slice(at.keyBytes(), at.keyLength());
        return slice != null && owner.role(slice) == SliceKeyLookup.Role.LISTED;
    }
}
