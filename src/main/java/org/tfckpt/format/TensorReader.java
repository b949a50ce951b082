package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteOrder;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorSlice;

/**
 * Reads regions of one tensor: the whole tensor, or a box.
 *
 * <p>Creating a reader does no I/O. A reader opens and checks each stored slice once, regardless of the number of
 * regions read. Thread-safe.
 */
public interface TensorReader {
    /** Returns the byte order of the values, that of the file. */
    ByteOrder order();

    /**
     * Opens a region of a tensor of fixed width: its bytes are within the file, but not compared with their checksum.
     * Throws if a stored slice is damaged, or the slices do not cover the region, as the other methods do.
     */
    TensorData data(TensorSlice region) throws IOException;

    /** Opens a region of a string tensor. The lengths are checked, the bytes are not. */
    StringData strings(TensorSlice region) throws IOException;

    /** Opens a region of a variant tensor, and checks the stored slices. */
    VariantData variants(TensorSlice region) throws IOException;

    /** Returns the text of TensorFlow's error for a tensor that is read with another shape. */
    String shapeMismatch(Shape taken);
}
