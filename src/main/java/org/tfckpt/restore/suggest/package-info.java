/**
 * Internal: searches for tensors that missing variables may come from, and for rules that rename many of them at once;
 * not part of the API. Knows names, shapes and dtypes only; {@code org.tfckpt.restore} translates from and to its own
 * types.
 */
@NullMarked
package org.tfckpt.restore.suggest;

import org.jspecify.annotations.NullMarked;
