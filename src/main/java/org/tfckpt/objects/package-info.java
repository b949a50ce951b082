/**
 * The object graph of an object-based (TF2) checkpoint: the objects of a program, their attributes, and the keys of
 * their values.
 */
@NullMarked
package org.tfckpt.objects;

import org.jspecify.annotations.NullMarked;
