package org.tfckpt.restore;

/** The result of looking up a variable in a checkpoint. */
public enum Outcome {
    /** The checkpoint has a tensor with the shape and dtype of the variable. */
    MATCHED,
    /** The checkpoint has no tensor with the name looked for (TensorFlow: "Key … not found in checkpoint"). */
    MISSING,
    /** The tensor has another shape, another dtype, or both. */
    MISMATCHED,
    /** The variable was excluded by the caller. */
    EXCLUDED
}
