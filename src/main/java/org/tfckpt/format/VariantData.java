package org.tfckpt.format;

import java.nio.ByteBuffer;

/** The elements of a variant tensor, in row-major order, checked. Thread-safe. */
public interface VariantData {
    /**
     * Returns the number of elements.
     *
     * @return the product of the dimensions
     */
    int count();

    /**
     * Returns an element.
     *
     * @param index from 0
     * @return its message
     */
    VariantMessage get(int index);

    /**
     * Returns all elements as they are stored, with their lengths and checksums.
     *
     * @return a read-only view
     * @throws UnsupportedOperationException if they are assembled from several slices
     */
    ByteBuffer stored();
}
