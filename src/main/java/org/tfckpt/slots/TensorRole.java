package org.tfckpt.slots;

import java.util.Optional;

/**
 * What a tensor of a checkpoint is for.
 *
 * @param kind a part of the model, or one of the things that training keeps beside it
 * @param variable the name of the tensor that it is kept for; nothing if that is not one tensor
 */
public record TensorRole(Kind kind, Optional<String> variable) {
    static final TensorRole VARIABLE = new TensorRole(Kind.VARIABLE, Optional.empty());

    /** What a tensor is for. */
    public enum Kind {
        /** A part of the model, or anything else that is none of the others. */
        VARIABLE,
        /** State that an optimizer keeps for a variable, or for all of them: {@code beta1_power}. */
        SLOT,
        /** A number that an optimizer goes by: its learning rate, its count of steps. */
        HYPERPARAMETER,
        /** The moving average of a variable: made beside an optimizer, and often what one wants to deploy. */
        MOVING_AVERAGE
    }

    static TensorRole of(Kind kind) {
        return new TensorRole(kind, Optional.empty());
    }

    static TensorRole of(Kind kind, String variable) {
        return new TensorRole(kind, Optional.of(variable));
    }
}
