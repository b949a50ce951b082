package org.tfckpt.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a data file is missing or damaged, and the index of the checkpoint has been replaced, changed or deleted
 * since it was opened. Open the checkpoint again.
 *
 * <p>No value is wrong: the caller has received no value of the tensor that the exception names, and all others belong to
 * the checkpoint that was opened.
 */
public final class CheckpointReplacedException extends CheckpointException {
    private static final long serialVersionUID = 1;

    /**
     * Creates an exception.
     *
     * @param problem the problem, in one clause
     * @param context where the first difference was noticed
     * @param cause the damage that would have been reported if the checkpoint had not been replaced, or null
     */
    public CheckpointReplacedException(String problem, ErrorContext context, @Nullable Throwable cause) {
        super(problem, context, cause);
    }
}
