package org.tfckpt.slots;

import java.io.IOException;
import java.util.Optional;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;

/** Finds tensors of a checkpoint by name, as {@link Checkpoint#find} does. */
@FunctionalInterface
public interface TensorLookup {
    /**
     * Finds a tensor.
     *
     * @param name the name of the tensor
     * @return the tensor; empty if there is none with this name
     * @throws IOException if the checkpoint cannot be read
     */
    Optional<TensorInfo> find(String name) throws IOException;
}
