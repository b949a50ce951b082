/**
 * Reading TensorFlow checkpoints: {@link org.tfckpt.Checkpoint} is the door.
 *
 * <pre>{@code
 * try (Checkpoint checkpoint = Checkpoint.open(Path.of("log/model.ckpt-122543"))) {
 *   checkpoint.tensors().forEach(System.out::println); // input/init_conv/DW (DT_FLOAT) [3,3,3,16]
 *   Tensor weights = checkpoint.tensor("input/init_conv/DW");
 *   FloatBuffer view = weights.asFloatBuffer(); // zero-copy, read-only, crc32c checked once
 *   float[] copy = weights.toFloatArray(); // also from half and bfloat16
 * }
 * }</pre>
 */
@NullMarked
package org.tfckpt;

import org.jspecify.annotations.NullMarked;
