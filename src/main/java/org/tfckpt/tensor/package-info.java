/**
 * The words everyone uses: dtypes, shapes, slices, what is known of a tensor, and the exceptions.
 *
 * <p>Nothing in here reads a file. The terms are TensorFlow's own.
 */
@NullMarked
package org.tfckpt.tensor;

import org.jspecify.annotations.NullMarked;
