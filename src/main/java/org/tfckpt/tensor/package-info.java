/**
 * Dtypes, shapes, slices, descriptions of tensors, and the exceptions of this library. The terms are TensorFlow's.
 *
 * <p>Unless stated otherwise, classes are immutable and thread-safe.
 */
@NullMarked
package org.tfckpt.tensor;

import org.jspecify.annotations.NullMarked;
