package org.tfckpt.format;

import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;

/**
 * Takes what a verification finds, as it is found. Whoever verifies wants the problems; whoever salvages wants what is
 * intact, and what is not.
 */
@FunctionalInterface
public interface VerificationListener {
    /**
     * Takes something that is wrong. Of itself it costs nobody a tensor.
     *
     * @param problem where, and what
     */
    void problem(Problem problem);

    /**
     * Takes damage that costs a tensor, or entries of which even the names cannot be read. A tensor may have several.
     *
     * @param problem where, and what
     */
    default void lost(Problem problem) {
        problem(problem);
    }

    /**
     * Takes a tensor of which everything was read and found right; none comes that anything was lost of.
     *
     * @param tensor as the index has it
     */
    default void intact(TensorInfo tensor) {}
}
