/**
 * Where the bytes of checkpoints come from, if not from local files: implement
 * {@link org.tfckpt.storage.Storage} to read them from any place that serves bytes at an offset.
 */
@NullMarked
package org.tfckpt.storage;

import org.jspecify.annotations.NullMarked;
