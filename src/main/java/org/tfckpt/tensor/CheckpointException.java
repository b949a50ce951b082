package org.tfckpt.tensor;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a checkpoint cannot be read or written. Subtypes distinguish the common reasons; this type itself is
 * thrown, for example, if no checkpoint exists.
 *
 * <p>The message consists of the problem, TensorFlow's text for it in parentheses, the file, offset, tensor, expected and
 * found value in brackets, and a hint.
 */
public class CheckpointException extends IOException {
    private static final long serialVersionUID = 1;

    /** The problem without the context. */
    private final String problem;

    private final transient ErrorContext context;

    /**
     * Creates an exception with a cause.
     *
     * @param problem the problem, in one clause
     * @param context where it occurred, and a hint
     * @param cause the cause, or null
     */
    public CheckpointException(String problem, ErrorContext context, @Nullable Throwable cause) {
        super(context.describe(problem), cause);
        this.problem = problem;
        this.context = context;
    }

    /**
     * Creates an exception without a cause.
     *
     * @param problem the problem, in one clause
     * @param context where it occurred, and a hint
     */
    public CheckpointException(String problem, ErrorContext context) {
        this(problem, context, null);
    }

    /** {@return the problem without the context, the first part of the message} */
    public String problem() {
        return problem;
    }

    /**
     * {@return the text that TensorFlow prints for this error; {@link #problem()} if TensorFlow has no text of its own,
     * and after deserialization}
     */
    public String tensorFlowText() {
        String text = context().tensorFlow();
        return text == null ? problem : text;
    }

    /**
     * {@return where the problem occurred, and a hint; {@link ErrorContext#NONE} if this exception was deserialized}
     */
    @SuppressWarnings("NullAway") // Null after deserialization: the field is transient.
    public ErrorContext context() {
        return context == null ? ErrorContext.NONE : context;
    }
}
