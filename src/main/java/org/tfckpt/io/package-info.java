/**
 * Bytes at an offset, and the primitive encodings: masked CRC32C, varints, ordered code, protobuf as text.
 *
 * <p>Nothing in here knows of tables or tensors.
 */
@NullMarked
package org.tfckpt.io;

import org.jspecify.annotations.NullMarked;
