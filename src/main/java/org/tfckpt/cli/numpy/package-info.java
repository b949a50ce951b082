/** Arrays as NumPy prints them. */
@NullMarked
package org.tfckpt.cli.numpy;

import org.jspecify.annotations.NullMarked;
