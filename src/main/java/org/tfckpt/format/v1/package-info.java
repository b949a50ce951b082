/**
 * Internal: V1, the older format of checkpoints; not part of the API. One or more tables hold the list of all tensors
 * under the empty key, and the values of each slice under its own key.
 */
@NullMarked
package org.tfckpt.format.v1;

import org.jspecify.annotations.NullMarked;
