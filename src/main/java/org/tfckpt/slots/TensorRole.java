package org.tfckpt.slots;

import java.util.Optional;

/**
 * The role of a tensor in a checkpoint.
 *
 * @param kind whether it is part of the model or of the state of training
 * @param variable the name of the variable that it is kept for; empty if it is not kept for a single variable
 */
public record TensorRole(Kind kind, Optional<String> variable) {
    static final TensorRole VARIABLE = new TensorRole(Kind.VARIABLE, Optional.empty());

    /** The kinds of tensors. */
    public enum Kind {
        /** A variable of the model, or any tensor that is not of another kind. */
        VARIABLE,
        /** State that an optimizer keeps for a variable, or for all variables ({@code beta1_power}). */
        SLOT,
        /** A scalar that controls an optimizer, such as its learning rate or its step count. */
        HYPERPARAMETER,
        /** The moving average of a variable, which is often what is deployed. */
        MOVING_AVERAGE;

        /**
         * {@return whether this is state of an optimizer, which is needed to continue training but not to use the
         * model: {@link #SLOT} or {@link #HYPERPARAMETER}}
         */
        public boolean isOptimizerState() {
            return this == SLOT || this == HYPERPARAMETER;
        }
    }

    static TensorRole of(Kind kind) {
        return new TensorRole(kind, Optional.empty());
    }

    static TensorRole of(Kind kind, String variable) {
        return new TensorRole(kind, Optional.of(variable));
    }
}
