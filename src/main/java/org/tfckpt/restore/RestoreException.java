package org.tfckpt.restore;

import java.util.Optional;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/**
 * A checkpoint does not have all that is wanted of it, or not as it is wanted. The message begins with TensorFlow's, and
 * has every variable in question.
 */
public final class RestoreException extends CheckpointException {
    private static final long serialVersionUID = 1;

    private final transient Optional<Comparison> comparison;

    RestoreException(String checkpoint, Comparison comparison) {
        super(RestoreFailure.describe(checkpoint, comparison), ErrorContext.NONE);
        this.comparison = Optional.of(comparison);
    }

    /**
     * For what several checkpoints together do not have, of which there is no one comparison.
     *
     * @param problem what is missing
     * @param context what helps
     */
    public RestoreException(String problem, ErrorContext context) {
        super(problem, context);
        this.comparison = Optional.empty();
    }

    /**
     * The whole comparison, for whoever wants more than text.
     *
     * @return nothing after serialization, or if it is about several checkpoints
     */
    @SuppressWarnings("NullAway") // Null after deserialization: the field is transient.
    public Optional<Comparison> comparison() {
        return comparison == null ? Optional.empty() : comparison;
    }
}
