/**
 * From checkpoints to a checkpoint: selected, renamed, fitted to a graph, merged, in another format or dtype.
 *
 * <p>{@link org.tfckpt.edit.Rewrite} is the door. It reads through {@link org.tfckpt.Checkpoint}, writes through
 * {@link org.tfckpt.CheckpointWriter}, and knows no byte of any format.
 */
@NullMarked
package org.tfckpt.edit;

import org.jspecify.annotations.NullMarked;
