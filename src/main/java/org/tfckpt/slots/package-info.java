/**
 * What an optimizer keeps beside a model: telling slots, hyperparameters and moving averages from variables.
 */
@NullMarked
package org.tfckpt.slots;

import org.jspecify.annotations.NullMarked;
