package org.tfckpt.format;

import java.nio.ByteBuffer;

/** The elements of a tensor of variants, in row-major order, checked. Safe from many threads. */
public interface VariantData {
    /**
     * The number of elements.
     *
     * @return the product of the dimensions
     */
    int count();

    /**
     * An element.
     *
     * @param index from 0
     * @return its message
     */
    VariantMessage get(int index);

    /**
     * All elements as they are stored, with lengths and checksums.
     *
     * @return a read-only view
     * @throws UnsupportedOperationException if they are not stored in one piece
     */
    ByteBuffer stored();
}
