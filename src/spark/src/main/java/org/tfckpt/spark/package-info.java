/**
 * Reads archives of TensorFlow checkpoints with Apache Spark: the data source {@code tfckpt}
 * ({@link org.tfckpt.spark.CheckpointSource}) and a job that needs no code ({@link org.tfckpt.spark.Archive}).
 */
@NullMarked
package org.tfckpt.spark;

import org.jspecify.annotations.NullMarked;
