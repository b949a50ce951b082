package org.tfckpt.restore;

import java.util.Optional;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/**
 * Thrown if a checkpoint lacks variables or has them with another shape or dtype. The message lists them with
 * suggestions, and ends with TensorFlow's own text in parentheses ("Key … not found in checkpoint").
 */
public final class RestoreException extends CheckpointException {
    private static final long serialVersionUID = 1;

    private final transient Optional<Comparison> comparison;

    RestoreException(String checkpoint, Comparison comparison) {
        super(RestoreFailure.describe(checkpoint, comparison), ErrorContext.NONE);
        this.comparison = Optional.of(comparison);
    }

    /**
     * Creates an exception about several checkpoints, for which there is no single comparison.
     *
     * @param problem the message
     * @param context file and hint
     */
    public RestoreException(String problem, ErrorContext context) {
        super(problem, context);
        this.comparison = Optional.empty();
    }

    /**
     * {@return the comparison that failed; empty after deserialization, or if the exception is about several
     * checkpoints}
     */
    @SuppressWarnings("NullAway") // Null after deserialization: the field is transient.
    public Optional<Comparison> comparison() {
        return comparison == null ? Optional.empty() : comparison;
    }
}
