package org.tfckpt.format.bundle;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.TensorScan;
import org.tfckpt.format.table.TableIterator;
import org.tfckpt.tensor.TensorInfo;

/** Lists the tensors of a bundle. The entries of slices are skipped if their partitioned tensor lists them. */
final class BundleScan implements TensorScan {
    private final BundleIndex index;
    private final TableIterator at;
    private final KeyClassifier keys;

    BundleScan(BundleIndex index) throws IOException {
        this.index = index;
        this.at = index.entries();
        this.keys = new KeyClassifier(index);
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
        SliceKey slice = KeyClassifier.slice(at.keyBytes(), at.keyLength());
        return slice != null && keys.role(slice) == KeyClassifier.Role.LISTED;
    }
}
