package org.tfckpt.format;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.TensorInfo;

/** Walks the tensors of a checkpoint in the order of their names' bytes. Not safe from many threads. */
@FunctionalInterface
public interface TensorScan {
    /**
     * The next tensor.
     *
     * @return null after the last one
     * @throws IOException if the index is damaged here
     */
    @Nullable
    TensorInfo next() throws IOException;
}
