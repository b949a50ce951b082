/**
 * Rewrites checkpoints: selects, renames, casts, merges or salvages tensors, or fits them to a graph.
 *
 * <p>Start with {@link org.tfckpt.edit.Rewrite}. This package reads through {@link org.tfckpt.Checkpoint}, writes
 * through {@link org.tfckpt.CheckpointWriter}, and does not depend on any format.
 */
@NullMarked
package org.tfckpt.edit;

import org.jspecify.annotations.NullMarked;
