package org.tfckpt.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Thrown if a checkpoint has no tensor with the requested name. */
public final class TensorNotFoundException extends CheckpointException {
    private static final long serialVersionUID = 1;

    /** The name as it was requested. */
    private final String name;

    private final transient List<String> nearest;

    /**
     * Constructs an exception.
     *
     * @param name the missing name
     * @param tensorFlowText TensorFlow's text for this error, or null if it has none
     * @param file the checkpoint
     * @param nearest similar names in the checkpoint, best first
     */
    public TensorNotFoundException(String name, @Nullable String tensorFlowText, String file, List<String> nearest) {
        super(
                "no tensor named '" + TensorNames.printable(name) + "'",
                context(file, nearest).withTensorFlow(tensorFlowText));
        this.name = name;
        this.nearest = List.copyOf(nearest);
    }

    private static ErrorContext context(String file, List<String> nearest) {
        ErrorContext context = ErrorContext.at(file, -1);
        if (nearest.isEmpty()) {
            return context;
        }
        return context.withHint("did you mean '"
                + String.join(
                        "', '", nearest.stream().map(TensorNames::printable).toList()) + "'?");
    }

    /** {@return the missing name as it was requested} */
    public String name() {
        return name;
    }

    /** {@return similar names in the checkpoint, best first; empty if there are none, and after deserialization} */
    @SuppressWarnings("NullAway") // Null after deserialization: the field is transient.
    public List<String> nearest() {
        return nearest == null ? List.of() : nearest;
    }
}
