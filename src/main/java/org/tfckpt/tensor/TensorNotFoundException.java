package org.tfckpt.tensor;

import java.util.List;

/** The checkpoint has no tensor of that name. */
public final class TensorNotFoundException extends CheckpointException {
    private static final long serialVersionUID = 1;

    /** What was asked for. */
    private final String name;

    private final transient List<String> nearest;

    /**
     * An exception that names what was asked for.
     *
     * @param problem what TensorFlow says of it
     * @param name the name that is not there
     * @param file the checkpoint
     * @param nearest names that are there and look alike, best first
     */
    public TensorNotFoundException(String problem, String name, String file, List<String> nearest) {
        super(problem, context(file, nearest));
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

    /**
     * The name that is not there.
     *
     * @return as it was asked for
     */
    public String name() {
        return name;
    }

    /**
     * Names of the checkpoint that look alike.
     *
     * @return best first; empty if none does, and after serialization
     */
    @SuppressWarnings("NullAway") // Null after deserialization: the field is transient.
    public List<String> nearest() {
        return nearest == null ? List.of() : nearest;
    }
}
