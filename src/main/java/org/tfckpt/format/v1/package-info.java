/**
 * V1, the older format: one table, or a sharded set of them, that holds the list of everything under the empty key, and
 * the values of each slice in a record of its own.
 */
@NullMarked
package org.tfckpt.format.v1;

import org.jspecify.annotations.NullMarked;
