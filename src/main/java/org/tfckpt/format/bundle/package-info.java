/**
 * V2, the tensor bundle: a table of entries ({@code PREFIX.index}) and the bytes ({@code PREFIX.data-?????-of-?????}).
 */
@NullMarked
package org.tfckpt.format.bundle;

import org.jspecify.annotations.NullMarked;
