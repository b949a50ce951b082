package org.tfckpt.slots;

import java.io.IOException;
import java.util.Optional;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;

/** Finds tensors of a checkpoint by name, as {@link Checkpoint#find} does. */
@FunctionalInterface
public interface TensorLookup {
    /**
     * Looks a tensor up.
     *
     * @param name its name
     * @return empty if there is none
     * @throws IOException if the checkpoint cannot be read
     */
    Optional<TensorInfo> find(String name) throws IOException;
}
