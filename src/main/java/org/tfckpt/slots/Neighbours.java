package org.tfckpt.slots;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * The tensors that a tensor's name speaks of. A name of thousands of parts, which no program gives, is not looked into
 * further than the look-ups allowed.
 */
final class Neighbours {
    private static final int MOST = 64;

    private final TensorLookup lookup;
    private int left = MOST;

    Neighbours(TensorLookup lookup) {
        this.lookup = lookup;
    }

    /** Whether two shapes may be those of a variable and its slot. */
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

    /** The variable of this name, if a slot may be its. */
    @Nullable
    String variable(String name, TensorInfo slot, Fit fit) throws IOException {
        TensorInfo found = find(name);
        return found != null && fit.test(found.shape(), slot.shape()) ? name : null;
    }

    /**
     * The variable of this name, or of its rest after some scopes: slots are made in the scope of the optimizer, and
     * {@code training/dense/kernel/Adam} is a slot of {@code dense/kernel}.
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
