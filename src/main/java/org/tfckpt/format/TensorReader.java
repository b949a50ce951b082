package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteOrder;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorSlice;

/**
 * One tensor of a checkpoint, of which any region can be read: all of it, or a box.
 *
 * <p>To make one reads nothing. What a region had to open and to check stays known, so that regions of one tensor, read
 * through one reader, open and check nothing twice. Safe from many threads.
 */
public interface TensorReader {
    /**
     * The order of the bytes within a swap unit.
     *
     * @return the file's
     */
    ByteOrder order();

    /**
     * Opens a region of a tensor of fixed width.
     *
     * @param region lies within the tensor's shape
     * @return its bytes, not yet checked; all of them are there
     * @throws IOException if what is stored contradicts itself or the files, or does not hold the region
     */
    TensorData data(TensorSlice region) throws IOException;

    /**
     * Opens a region of a string tensor; its lengths are checked, its bytes not yet.
     *
     * @param region lies within the tensor's shape
     * @return its elements
     * @throws IOException if what is stored contradicts itself or the files, or does not hold the region
     */
    StringData strings(TensorSlice region) throws IOException;

    /**
     * Opens a region of a tensor of variants, and checks what is stored.
     *
     * @param region lies within the tensor's shape
     * @return its elements
     * @throws IOException if what is stored contradicts itself or the files, or does not hold the region
     */
    VariantData variants(TensorSlice region) throws IOException;

    /**
     * What this format says to somebody who takes the tensor's shape for another one.
     *
     * @param taken the other shape
     * @return TensorFlow's words
     */
    String shapeMismatch(Shape taken);
}
