package org.tfckpt.slots;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * Looks up the tensors that a tensor's name refers to. The number of lookups is limited, because a hostile name could
 * have thousands of parts.
 */
final class RelatedTensors {
    private static final int MAX_LOOKUPS = 64;

    private final TensorLookup lookup;
    private int left = MAX_LOOKUPS;

    RelatedTensors(TensorLookup lookup) {
        this.lookup = lookup;
    }

    /** Tests whether two shapes can be those of a variable and its slot. */
    interface Fit {
        boolean test(Shape variable, Shape slot);
    }

    @Nullable
    TensorInfo find(String name) throws IOException {
        return name.isEmpty() || left-- <= 0 ? null : lookup.find(name).orElse(null);
    }

    boolean hasScalar(String name) throws IOException {
        TensorInfo found = find(name);
        return found != null && isScalar(found);
    }

    static boolean isScalar(TensorInfo tensor) {
        return tensor.shape().rank() == 0;
    }

    /** Returns {@code name} if it is the name of a variable that the slot can belong to, else null. */
    @Nullable
    String variable(String name, TensorInfo slot, Fit fit) throws IOException {
        TensorInfo found = find(name);
        return found != null && fit.test(found.shape(), slot.shape()) ? name : null;
    }

    /**
     * Like {@link #variable}, but also tries the name without its first scopes: slots are created in the scope of the
     * optimizer, so {@code training/dense/kernel/Adam} is a slot of {@code dense/kernel}.
     */
    @Nullable
    String variableWithin(String name, TensorInfo slot, Fit fit) throws IOException {
        String rest = name;
        while (true) {
            String variable = variable(rest, slot, fit);
            int slash = rest.indexOf('/');
            if (variable != null || slash < 0 || left <= 0) {
                return variable;
            }
            rest = rest.substring(slash + 1);
        }
    }
}
