/**
 * Internal: V2, the "tensor bundle"; not part of the API. A table of entries ({@code PREFIX.index}) and data files
 * ({@code PREFIX.data-?????-of-?????}).
 */
@NullMarked
package org.tfckpt.format.bundle;

import org.jspecify.annotations.NullMarked;
