package org.tfckpt;

/**
 * How a data file of one checkpoint becomes one of another. A link is a second name of the same file, takes no time and no
 * room, and outlives the first. Nobody who writes checkpoints changes a data file in place; whoever did would change it
 * in both.
 */
public enum Linking {
    /** Linked where that is possible, else copied. */
    PREFERRED,
    /** Linked; an error where that is not possible: another file system, or one without links. */
    REQUIRED,
    /** Copied, within the operating system where it can do that. The copy's checksums are those of the original. */
    NEVER
}
