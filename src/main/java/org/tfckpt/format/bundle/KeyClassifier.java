package org.tfckpt.format.bundle;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.SliceKey;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * Determines whether a key of an index belongs to a tensor or to a slice, and whether the tensor of a slice lists it.
 * Keys must be passed in ascending order: the slices of a tensor are then adjacent, and one pass over the index finds
 * all tensors. A slice that is out of order may be reported as an orphan.
 */
final class KeyClassifier {
    private final BundleIndex.Lookup tensors;
    private String name = "";
    private boolean exists;
    private Set<TensorSlice> slices = Set.of();

    KeyClassifier(BundleIndex index) {
        this.tensors = index.new Lookup();
    }

    /** The role of a key. */
    enum Role {
        /** A tensor. */
        TENSOR,
        /** A slice of a tensor that lists it. */
        LISTED,
        /** A slice of a tensor that does not list it. */
        UNLISTED,
        /** A slice of a tensor that does not exist. */
        ORPHAN
    }

    /** Returns the slice that a key encodes, null for the name of a tensor. */
    static @Nullable SliceKey slice(byte[] key, int length) {
        return length == 0 || key[0] != 0 ? null : SliceKey.decode(Arrays.copyOf(key, length));
    }

    Role role(SliceKey slice) throws IOException {
        if (!slice.name().equals(name)) {
            if (TensorNames.ORDER.compare(slice.name(), name) < 0) {
                // Out of order. Going back could mean to read the entries of two tensors again for every key.
                return Role.ORPHAN;
            }
            TensorInfo whole = tensors.find(TensorNames.encode(slice.name()));
            name = slice.name();
            exists = whole != null;
            slices = whole == null ? Set.of() : new HashSet<>(whole.slices());
        }
        if (slices.contains(slice.slice())) {
            return Role.LISTED;
        }
        return exists ? Role.UNLISTED : Role.ORPHAN;
    }
}
