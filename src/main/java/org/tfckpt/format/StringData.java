package org.tfckpt.format;

import java.io.IOException;

/** The elements of a string tensor, in row-major order. Safe from many threads. */
public interface StringData {
    /**
     * The number of elements.
     *
     * @return the product of the dimensions
     */
    int count();

    /**
     * The length of an element.
     *
     * @param index from 0
     * @return bytes
     */
    long length(int index);

    /**
     * An element.
     *
     * @param index from 0
     * @return its bytes, a new array
     * @throws IOException if they cannot be read, or pass what an array can hold
     */
    byte[] get(int index) throws IOException;

    /**
     * Compares all bytes with their checksum, the first time it is called.
     *
     * @throws IOException if they do not match, or cannot be read
     */
    void check() throws IOException;
}
