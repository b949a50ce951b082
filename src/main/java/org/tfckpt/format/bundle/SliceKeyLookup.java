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
 * Tells which keys of an index are slices, and whether the tensor that they name lists them. Slices of one tensor lie
 * side by side, and in the order of their tensors, so that one tensor is enough to remember and one pass over the index
 * finds all. Where keys are out of order a slice may seem to be nobody's.
 */
final class SliceKeyLookup {
    private final BundleIndex.Lookup tensors;
    private String name = "";
    private boolean exists;
    private Set<TensorSlice> slices = Set.of();

    SliceKeyLookup(BundleIndex index) {
        this.tensors = index.new Lookup();
    }

    /** What a key is. */
    enum Role {
        /** A tensor of its own. */
        TENSOR,
        /** A slice of a tensor that lists it. */
        LISTED,
        /** A slice of a tensor that does not list it. */
        UNLISTED,
        /** A slice of a tensor that is not there. */
        ORPHAN
    }

    /** The slice that a key spells, null for an ordinary name. */
    static @Nullable SliceKey slice(byte[] key, int length) {
        return length == 0 || key[0] != 0 ? null : SliceKey.decode(Arrays.copyOf(key, length));
    }

    Role role(SliceKey slice) throws IOException {
        if (!slice.name().equals(name)) {
            if (TensorNames.ORDER.compare(slice.name(), name) < 0) {
                // Out of order. To go back would be to read both tensors' slices anew with every key.
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
