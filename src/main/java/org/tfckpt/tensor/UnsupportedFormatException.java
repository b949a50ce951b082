package org.tfckpt.tensor;

import org.jspecify.annotations.Nullable;

/** The file is intact as far as we can tell, but of a version, format or dtype that is not read. */
public final class UnsupportedFormatException extends CheckpointException {
    private static final long serialVersionUID = 1;

    /**
     * An exception with a cause.
     *
     * @param problem what is not read, one clause
     * @param context where, and what to try
     * @param cause what led to it, or null
     */
    public UnsupportedFormatException(String problem, ErrorContext context, @Nullable Throwable cause) {
        super(problem, context, cause);
    }

    /**
     * An exception without a cause.
     *
     * @param problem what is not read, one clause
     * @param context where, and what to try
     */
    public UnsupportedFormatException(String problem, ErrorContext context) {
        this(problem, context, null);
    }
}
