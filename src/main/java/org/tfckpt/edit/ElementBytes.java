package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/**
 * The elements of a tensor of fixed width as bytes that are computed when they are read, so that a tensor of any size
 * needs little memory.
 */
interface ElementBytes {
    DataType dtype();

    Shape shape();

    ByteOrder order();

    /** Reads whole elements, as many as fit into {@code target}, from a position in bytes. */
    void read(long position, ByteBuffer target) throws IOException;

    /** Returns the elements of a tensor. Checks its checksum: damaged values must not get a new, valid one. */
    static ElementBytes of(Tensor tensor) throws IOException {
        tensor.check();
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
        };
    }

    /** Returns the elements from the first to the last. */
    default ValueSource toValues() {
        long size = shape().elements() * dtype().width();
        return ValueSource.of(
                dtype(),
                new ReadableByteChannel() {
                    private long position;

                    @Override
                    public int read(ByteBuffer target) throws IOException {
                        if (position == size && target.hasRemaining()) {
                            return -1;
                        }
                        int count = (int) Math.min(target.remaining(), size - position);
                        ByteBuffer part = target.slice(target.position(), count);
                        ElementBytes.this.read(position, part);
                        target.position(target.position() + count);
                        position += count;
                        return count;
                    }

                    @Override
                    public boolean isOpen() {
                        return true;
                    }

                    @Override
                    public void close() {}
                },
                order());
    }
}
