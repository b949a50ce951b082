package org.tfckpt.restore;

import java.util.Locale;

/**
 * The names by which a graph and a checkpoint are compared if at least one of them is object-based: each variable of an
 * object-based checkpoint, and of a TF2 SavedModel, has three. Variables of other graphs and tensors of other
 * checkpoints have one, which is compared with these.
 */
public enum NameKind {
    /**
     * The key of the tensor: {@code model/dense/kernel/.ATTRIBUTES/VARIABLE_VALUE}. If both sides are object-based, the
     * objects are matched along edges of the same names, as TensorFlow restores them.
     */
    KEY,
    /** The full name, which is the variable's name in a TF1 graph: {@code dense/kernel}. */
    FULL,
    /** The path of the variable's object: {@code model/dense/kernel}. */
    PATH;

    /** {@return the kind as users write it: {@code key}, {@code full} or {@code path}} */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
