package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.format.ElementSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/**
 * The elements of a tensor of fixed width as bytes that are computed when they are read, so that a tensor of any size
 * needs little memory.
 */
interface ElementBytes extends ValueSource.Parts {
    DataType dtype();

    Shape shape();

    ByteOrder order();

    /** Reads whole elements, as many as fit into {@code target}, from a position in bytes. */
    void read(long position, ByteBuffer target) throws IOException;

    @Override
    default void forEachPart(Tensor.PartConsumer consumer) throws IOException {
        long size = shape().elements() * dtype().width();
        ByteBuffer part = ByteBuffer.allocate((int) Math.min(ElementSource.PIECE, size));
        for (long done = 0; done < size; done += part.limit()) {
            read(done, part.clear().limit((int) Math.min(part.capacity(), size - done)));
            consumer.accept(part.flip().order(order()));
        }
    }

    /** Returns the elements of a tensor. */
    static ElementBytes of(Tensor tensor) {
        return new ElementBytes() {
            @Override
            public DataType dtype() {
                return tensor.dtype();
            }

            @Override
            public Shape shape() {
                return tensor.shape();
            }

            @Override
            public ByteOrder order() {
                return tensor.order();
            }

            @Override
            public void read(long position, ByteBuffer target) throws IOException {
                tensor.read(position, target);
            }

            @Override
            public void forEachPart(Tensor.PartConsumer consumer) throws IOException {
                tensor.forEachPart(consumer);
            }
        };
    }
}
