/** Reads tensors in chunks, on several threads and each byte once, and their elements as doubles. Internal. */
@NullMarked
package org.tfckpt.scan;

import org.jspecify.annotations.NullMarked;
