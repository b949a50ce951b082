package org.tfckpt.format;

import java.nio.ByteBuffer;

/** The elements of a variant tensor, in row-major order, checked. Thread-safe. */
public interface VariantData {
    /** Returns the number of elements: the product of the dimensions. */
    int count();

    /** Returns the message of an element. */
    VariantMessage get(int index);

    /**
     * Returns a read-only view of all elements as they are stored, with their lengths and checksums. Throws {@link
     * UnsupportedOperationException} if they are assembled from several slices.
     */
    ByteBuffer stored();
}
