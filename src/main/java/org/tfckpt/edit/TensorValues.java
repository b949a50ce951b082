package org.tfckpt.edit;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;

/** The values of planned tensors, computed as they are read: with another order of axes, dtype and shape. */
final class TensorValues {
    private TensorValues() {}

    /** Returns the elements of a tensor of fixed width. */
    static ElementBytes of(Specification spec, RewrittenTensor tensor) throws IOException {
        DataType dtype = tensor.dtype();
        ElementBytes elements = FloatCast.of(spec.sources().get(tensor.input()).tensor(tensor.source()), dtype);
        if (tensor.isTransposed()) {
            elements = new Transposed(elements, tensor.axes());
        }
        if (!tensor.isResized()) {
            return elements;
        }
        Tensor rest = rest(spec, tensor);
        return new Resized(elements, tensor.shape(), rest == null ? null : FloatCast.of(rest, dtype));
    }

    /** Returns the elements of a resized tensor of strings. */
    static List<byte[]> strings(Specification spec, RewrittenTensor tensor) throws IOException {
        Tensor old = spec.sources().get(tensor.input()).tensor(tensor.source());
        return Resized.strings(old, tensor.shape(), rest(spec, tensor));
    }

    private static @Nullable Tensor rest(Specification spec, RewrittenTensor tensor) throws IOException {
        return tensor.rest().isEmpty()
                ? null
                : spec.sources().get(spec.fillIndex()).tensor(tensor.rest().get());
    }
}
