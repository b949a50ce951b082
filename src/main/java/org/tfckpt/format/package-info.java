/**
 * Internal: the interface of all formats, and their common parts (slices, values and variants in messages); not part of
 * the API. Each format has a package below this one.
 */
@NullMarked
package org.tfckpt.format;

import org.jspecify.annotations.NullMarked;
