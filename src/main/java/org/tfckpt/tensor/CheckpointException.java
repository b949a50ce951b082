package org.tfckpt.tensor;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint cannot be read, or written, as asked. Subtypes tell what a caller may want to tell apart; this type itself is thrown
 * where there is no checkpoint at all.
 *
 * <p>The message is the problem (in TensorFlow's words where TensorFlow has some), then file, offset, tensor, expected
 * and found in brackets, then what to try.
 */
public class CheckpointException extends IOException {
    private static final long serialVersionUID = 1;

    /** The first part of the message. */
    private final String problem;

    private final transient ErrorContext context;

    /**
     * An exception with a cause.
     *
     * @param problem what is wrong, one clause
     * @param context where, and what to try
     * @param cause what led to it, or null
     */
    public CheckpointException(String problem, ErrorContext context, @Nullable Throwable cause) {
        super(context.describe(problem), cause);
        this.problem = problem;
        this.context = context;
    }

    /**
     * An exception without a cause.
     *
     * @param problem what is wrong, one clause
     * @param context where, and what to try
     */
    public CheckpointException(String problem, ErrorContext context) {
        this(problem, context, null);
    }

    /**
     * The problem without place and advice.
     *
     * @return the first part of the message
     */
    public String problem() {
        return problem;
    }

    /**
     * Place, expectation and advice.
     *
     * @return what is known; {@link ErrorContext#NONE} after serialization
     */
    @SuppressWarnings("NullAway") // Null after deserialization: the field is transient.
    public ErrorContext context() {
        return context == null ? ErrorContext.NONE : context;
    }
}
