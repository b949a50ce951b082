/** The files of a checkpoint: finds them, reads and writes the {@code checkpoint} state file, and deletes old checkpoints. */
@NullMarked
package org.tfckpt.files;

import org.jspecify.annotations.NullMarked;
