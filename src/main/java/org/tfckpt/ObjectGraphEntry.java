package org.tfckpt;

import java.io.IOException;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;

/** Reads the object graph from the string scalar in which it is stored. */
final class ObjectGraphEntry {
    private ObjectGraphEntry() {}

    static ObjectGraph read(Tensor tensor, String checkpoint) throws IOException {
        ErrorContext place = ErrorContext.at(checkpoint, -1).ofTensor(tensor.name());
        if (tensor.dtype() != DataType.DT_STRING || !tensor.shape().equals(Shape.of())) {
            throw new DataLossException(
                    ProblemKind.ENTRY, "not an object graph", place.mismatch("a string scalar", tensor));
        }
        return ObjectGraph.parse(tensor.asStringVector().bytes(0), place);
    }
}
