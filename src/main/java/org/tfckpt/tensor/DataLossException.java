package org.tfckpt.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a file of a checkpoint is damaged, truncated, missing or inconsistent.
 *
 * <p>The caller has received no value of the tensor or file that the exception names.
 */
public final class DataLossException extends CheckpointException {
    private static final long serialVersionUID = 1;

    /** The kind of damage. */
    private final ProblemKind kind;

    /**
     * Creates an exception with a cause.
     *
     * @param kind the kind of damage
     * @param problem the problem, in one clause
     * @param context where it occurred
     * @param cause the cause, or null
     */
    public DataLossException(ProblemKind kind, String problem, ErrorContext context, @Nullable Throwable cause) {
        super(problem, context, cause);
        this.kind = kind;
    }

    /**
     * Creates an exception without a cause.
     *
     * @param kind the kind of damage
     * @param problem the problem, in one clause
     * @param context where it occurred
     */
    public DataLossException(ProblemKind kind, String problem, ErrorContext context) {
        this(kind, problem, context, null);
    }

    /** {@return the kind of damage, as in a {@link Problem}} */
    public ProblemKind kind() {
        return kind;
    }

    /** {@return this exception as a problem, as a verification reports it, with its file, offset and tensor} */
    public Problem toProblem() {
        ErrorContext context = context();
        String detail = context.expected() == null
                ? ""
                : " (expected " + context.expected() + ", found " + context.found() + ")";
        return new Problem(context.file(), context.offset(), context.tensor(), kind, problem() + detail);
    }
}
