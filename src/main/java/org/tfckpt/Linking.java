package org.tfckpt;

/**
 * Selects whether a data file is hard-linked or copied into another checkpoint. A hard link takes neither time nor disk
 * space, and stays valid if the original is deleted. Both checkpoints then share the file: a program that changed it in
 * place would change both, but no writer of checkpoints does so.
 */
public enum Linking {
    /** Link the file, or copy it if it cannot be linked. */
    PREFERRED,
    /** Link the file, and fail if it cannot be linked: between file systems, or on one without hard links. */
    REQUIRED,
    /** Copy the file, within the operating system if it can do so. Values are not compared with their checksums. */
    NEVER
}
