package org.tfckpt.edit;

/** Selects the tensor to use if tensors of several checkpoints would have the same name. */
public enum ClashPolicy {
    /** Fail. */
    REFUSE,
    /** Use the tensor of the first checkpoint. */
    FIRST,
    /** Use the tensor of the last checkpoint. */
    LAST
}
