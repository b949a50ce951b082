package org.tfckpt.format;

import java.io.IOException;

/** The elements of a string tensor, in row-major order. Thread-safe. */
public interface StringData {
    /**
     * Returns the number of elements.
     *
     * @return the product of the dimensions
     */
    int count();

    /**
     * Returns the length of an element.
     *
     * @param index from 0
     * @return the length in bytes
     * @throws IOException if the format does not store lengths and the element cannot be read
     */
    long length(int index) throws IOException;

    /**
     * Returns an element.
     *
     * @param index from 0
     * @return its bytes, in a new array
     * @throws IOException if they cannot be read, or do not fit an array
     */
    byte[] get(int index) throws IOException;

    /**
     * Compares all bytes with their checksum. Later calls do nothing.
     *
     * @throws IOException if they do not match, or cannot be read
     */
    void check() throws IOException;
}
