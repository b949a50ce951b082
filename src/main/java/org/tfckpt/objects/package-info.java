/**
 * The objects of a TF2 program as an object-based checkpoint has saved them: which holds which, and under which key each
 * has its values.
 */
@NullMarked
package org.tfckpt.objects;

import org.jspecify.annotations.NullMarked;
