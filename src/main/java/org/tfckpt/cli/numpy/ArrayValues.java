package org.tfckpt.cli.numpy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/** The array to print. Elements are in row-major order; only those that are shown are read. */
public interface ArrayValues {
    DataType dtype();

    Shape shape();

    /** Returns elements of fixed width, from position to limit, in the byte order of the buffer. */
    ByteBuffer read(long first, int count) throws IOException;

    /** Returns an element of dtype string. */
    byte[] string(long index) throws IOException;
}
