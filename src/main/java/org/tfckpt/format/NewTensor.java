package org.tfckpt.format;

import java.io.IOException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/**
 * A tensor to be written.
 *
 * @param name its name
 * @param dtype the dtype of its values
 * @param shape its shape
 * @param values its values
 */
public record NewTensor(String name, DataType dtype, Shape shape, Values values) {
    /** The values of a tensor, which are opened when they are needed. */
    public interface Values {
        /**
         * Opens elements of fixed width.
         *
         * @return all elements, row-major
         * @throws IOException if they cannot be read
         */
        ElementSource elements() throws IOException;

        /**
         * Opens strings.
         *
         * @return all elements, row-major
         * @throws IOException if they cannot be read
         */
        StringSource strings() throws IOException;
    }
}
