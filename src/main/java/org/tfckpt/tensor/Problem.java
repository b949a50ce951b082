package org.tfckpt.tensor;

import org.jspecify.annotations.Nullable;

/**
 * A problem found by a verification.
 *
 * @param file the file, or null
 * @param offset the offset in the file, in bytes; −1 if unknown
 * @param tensor the name of the tensor, or null
 * @param kind the kind of damage
 * @param message the problem, in one clause
 */
public record Problem(
        @Nullable String file, long offset, @Nullable String tensor, ProblemKind kind, String message) {}
