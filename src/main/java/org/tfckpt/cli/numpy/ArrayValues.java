package org.tfckpt.cli.numpy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/** Values to print: elements in row-major order, which are read only where they are shown. */
public interface ArrayValues {
    DataType dtype();

    Shape shape();

    /** Elements of fixed width, from position to limit, in the buffer's byte order. */
    ByteBuffer read(long first, int count) throws IOException;

    /** An element of strings. */
    byte[] string(long index) throws IOException;
}
