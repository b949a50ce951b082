/** Internal: prints arrays as NumPy does; not part of the API. */
@NullMarked
package org.tfckpt.cli.numpy;

import org.jspecify.annotations.NullMarked;
