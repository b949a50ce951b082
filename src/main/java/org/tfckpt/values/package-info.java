/**
 * What is in the numbers: statistics of tensors, and differences between checkpoints.
 *
 * <p>Start with {@link org.tfckpt.values.Statistics} or {@link org.tfckpt.values.CheckpointDiff}. Both read every byte
 * once, compare it with its checksum, and need memory that does not depend on the size of the tensors. Slices of a
 * partitioned tensor are read where they are. Results are immutable and do not depend on the number of threads.
 */
@NullMarked
package org.tfckpt.values;

import org.jspecify.annotations.NullMarked;
