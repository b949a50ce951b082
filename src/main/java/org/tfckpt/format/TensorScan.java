package org.tfckpt.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.TensorInfo;

/** Iterates over the tensors of a checkpoint, sorted by the bytes of their names. Not thread-safe. */
@FunctionalInterface
public interface TensorScan {
    /** Returns the next tensor, or null after the last one. */
    @Nullable
    TensorInfo next() throws IOException;
}
