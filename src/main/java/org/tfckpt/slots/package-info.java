/**
 * Distinguishes the variables of a model from an optimizer's slots and hyperparameters, and from moving averages.
 */
@NullMarked
package org.tfckpt.slots;

import org.jspecify.annotations.NullMarked;
