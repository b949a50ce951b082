package org.tfckpt.graph;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;

/** Converts parts of messages. */
final class Protos {
    private Protos() {}

    /** Returns a shape with -1 for an unknown dimension, or null if not even the rank is known. */
    static @Nullable Shape shape(TensorShapeProto shape) {
        return shape.getUnknownRank()
                ? null
                : Shape.of(shape.getDimList().stream()
                        .mapToLong(TensorShapeProto.Dim::getSize)
                        .toArray());
    }

    /** Returns a name, which need not be UTF-8. */
    static String name(ByteString bytes) {
        return TensorNames.decode(bytes.toByteArray());
    }
}
