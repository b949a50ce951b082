package org.tfckpt.tensor;

import org.jspecify.annotations.Nullable;

/**
 * A file of the checkpoint is damaged, cut off, missing, or says what cannot be.
 *
 * <p>No value of what is named in it has reached the caller.
 */
public final class DataLossException extends CheckpointException {
    private static final long serialVersionUID = 1;

    /** What kind of damage. */
    private final ProblemKind kind;

    /**
     * An exception with a cause.
     *
     * @param kind what kind of damage
     * @param problem what is wrong, one clause
     * @param context where
     * @param cause what led to it, or null
     */
    public DataLossException(ProblemKind kind, String problem, ErrorContext context, @Nullable Throwable cause) {
        super(problem, context, cause);
        this.kind = kind;
    }

    /**
     * An exception without a cause.
     *
     * @param kind what kind of damage
     * @param problem what is wrong, one clause
     * @param context where
     */
    public DataLossException(ProblemKind kind, String problem, ErrorContext context) {
        this(kind, problem, context, null);
    }

    /**
     * The kind of damage.
     *
     * @return the kind, as in a {@link Problem}
     */
    public ProblemKind kind() {
        return kind;
    }

    /**
     * This damage as a finding of a verification.
     *
     * @return the problem with this exception's place
     */
    public Problem toProblem() {
        ErrorContext context = context();
        String detail = context.expected() == null
                ? ""
                : " (expected " + context.expected() + ", found " + context.found() + ")";
        return new Problem(context.file(), context.offset(), context.tensor(), kind, problem() + detail);
    }
}
