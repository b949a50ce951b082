package org.tfckpt.tensor;

import org.jspecify.annotations.Nullable;

/**
 * One finding of a verification.
 *
 * @param file the file, or null
 * @param offset the first byte meant in that file, −1 where there is none
 * @param tensor the tensor's name, or null
 * @param kind what kind of damage
 * @param message what is wrong, one clause
 */
public record Problem(
        @Nullable String file, long offset, @Nullable String tensor, ProblemKind kind, String message) {}
