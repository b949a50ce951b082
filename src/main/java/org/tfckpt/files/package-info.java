/**
 * The files of checkpoints: finds checkpoints by path, reads and writes the {@code checkpoint} state file, and decides
 * which old checkpoints to delete.
 */
@NullMarked
package org.tfckpt.files;

import org.jspecify.annotations.NullMarked;
