/**
 * Reads and writes TensorFlow checkpoints. Start with {@link org.tfckpt.Checkpoint} or
 * {@link org.tfckpt.CheckpointWriter}.
 *
 * <pre>{@code
 * try (Checkpoint checkpoint = Checkpoint.open(Path.of("log/model.ckpt-122543"))) {
 *   checkpoint.tensors().forEach(System.out::println); // input/init_conv/DW (DT_FLOAT) [3,3,3,16]
 *   Tensor weights = checkpoint.tensor("input/init_conv/DW");
 *   FloatBuffer view = weights.asFloatBuffer(); // read-only, not copied, checked with CRC32C
 *   float[] copy = weights.toFloatArray(); // converts half and bfloat16, too
 * }
 * }</pre>
 */
@NullMarked
package org.tfckpt;

import org.jspecify.annotations.NullMarked;
