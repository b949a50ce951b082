package org.tfckpt.format;

import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;

/** Receives the results of a verification while it runs: problems, and intact tensors. */
@FunctionalInterface
public interface VerificationListener {
    /** Receives a problem that does not affect a tensor. */
    void problem(Problem problem);

    /** Receives a problem that makes a tensor, or entries with unknown names, unreadable. A tensor may have several. */
    default void lost(Problem problem) {
        problem(problem);
    }

    /**
     * Receives the reason why tensors of a data file are damaged, after the damage of each was passed to {@link #lost}:
     * a problem of the whole file, without a tensor and an offset.
     */
    default void damagedFile(Problem problem) {
        problem(problem);
    }

    /** Receives a tensor that was read completely and has no damage. */
    default void intact(TensorInfo tensor) {}

    /**
     * Returns whether the bytes of an entry of fixed width were compared with their checksum before, so that they need
     * not be read.
     */
    default boolean isChecked(TensorInfo entry) {
        return false;
    }
}
