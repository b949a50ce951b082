package org.tfckpt.format.bundle;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.TensorScan;
import org.tfckpt.format.table.TableIterator;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * Lists a bundle's tensors: every key but the header's and those of slices that belong to a partitioned tensor, so that
 * such a tensor comes once, whole, under its name.
 */
final class BundleScan implements TensorScan {
    private final BundleIndex index;
    private final TableIterator at;
    /** Slices of one tensor lie side by side, so that one is enough to remember. */
    private String slicedName = "";

    private Set<TensorSlice> slices = Set.of();

    BundleScan(BundleIndex index) throws IOException {
        this.index = index;
        this.at = index.entries();
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
        if (at.keyLength() == 0 || at.keyBytes()[0] != 0) {
            return false;
        }
        SliceKey key = SliceKey.decode(at.key());
        if (key == null) {
            return false;
        }
        if (!key.name().equals(slicedName)) {
            TensorInfo whole = index.find(TensorNames.encode(key.name()));
            slicedName = key.name();
            slices = whole == null ? Set.of() : new HashSet<>(whole.slices());
        }
        return slices.contains(key.slice());
    }
}
