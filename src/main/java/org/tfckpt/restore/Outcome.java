package org.tfckpt.restore;

/** What becomes of a variable. */
public enum Outcome {
    /** It comes from a tensor of its shape and dtype. */
    MATCHED,
    /** The checkpoint has no tensor of the name looked for. */
    MISSING,
    /** There is a tensor, but of another shape, or another dtype, or both. */
    MISMATCHED,
    /** The caller does not want it. */
    EXCLUDED
}
