package org.tfckpt.format;

import java.io.IOException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/** A tensor to be written. */
public record NewTensor(String name, DataType dtype, Shape shape, Values values) {
    /** The values of a tensor, which are opened when they are needed. */
    public interface Values {
        /** Opens all elements of fixed width, row-major. */
        ElementSource elements() throws IOException;

        /** Opens all strings, row-major. */
        StringSource strings() throws IOException;
    }
}
