package org.tfckpt.edit;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorSlice;

/** The values of planned tensors, computed as they are read: averaged, or with another order of axes, dtype and shape. */
final class TensorValues {
    private TensorValues() {}

    /** Returns the elements of a tensor of fixed width, or of a slice of it that is neither transposed nor resized. */
    static ValueSource.Parts of(Specification spec, RewrittenTensor tensor, @Nullable TensorSlice slice)
            throws IOException {
        InputAverage average = spec.inputAverage();
        if (average != null && spec.isAveraged(tensor)) {
            return average.of(tensor.source(), slice);
        }
        DataType dtype = tensor.dtype();
        Tensor source = spec.source(tensor);
        FloatCast elements = new FloatCast(slice == null ? source : source.slice(slice), dtype);
        if (!tensor.isResized()) {
            return elements;
        }
        Tensor rest = spec.rest(tensor);
        return new Resized(elements, tensor.shape(), rest == null ? null : new FloatCast(rest, dtype));
    }

    /** Returns the elements of a resized tensor of strings. */
    static List<byte[]> strings(Specification spec, RewrittenTensor tensor) throws IOException {
        return Resized.strings(spec.source(tensor), tensor.shape(), spec.rest(tensor));
    }
}
