package org.tfckpt.tensor;

import org.jspecify.annotations.Nullable;

/** Thrown for a file with an unsupported version, format or dtype. The file is not necessarily damaged. */
public final class UnsupportedFormatException extends CheckpointException {
    private static final long serialVersionUID = 1;

    /**
     * Creates an exception with a cause.
     *
     * @param problem the problem, in one clause
     * @param context where it occurred, and a hint
     * @param cause the cause, or null
     */
    public UnsupportedFormatException(String problem, ErrorContext context, @Nullable Throwable cause) {
        super(problem, context, cause);
    }

    /**
     * Creates an exception without a cause.
     *
     * @param problem the problem, in one clause
     * @param context where it occurred, and a hint
     */
    public UnsupportedFormatException(String problem, ErrorContext context) {
        this(problem, context, null);
    }
}
