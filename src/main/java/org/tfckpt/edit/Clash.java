package org.tfckpt.edit;

/** What becomes of a name that tensors of several checkpoints would have. */
public enum Clash {
    /** It is an error. */
    REFUSE,
    /** The checkpoint that was given first has it. */
    FIRST,
    /** The checkpoint that was given last has it. */
    LAST
}
