/**
 * What both formats, V2 and V1, give the root: one small way to list, find, read and verify. The formats themselves are
 * in the packages below.
 */
@NullMarked
package org.tfckpt.format;

import org.jspecify.annotations.NullMarked;
