/**
 * Internal: reads and writes files, and the primitive encodings (masked CRC32C, varints, ordered code); not part of the
 * API.
 *
 * <p>This package does not depend on tables or checkpoints.
 */
@NullMarked
package org.tfckpt.io;

import org.jspecify.annotations.NullMarked;
