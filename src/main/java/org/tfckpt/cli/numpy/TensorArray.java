package org.tfckpt.cli.numpy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/** A tensor of an open checkpoint as an array to print. */
public record TensorArray(Tensor tensor) implements ArrayValues {
    @Override
    public DataType dtype() {
        return tensor.dtype();
    }

    @Override
    public Shape shape() {
        return tensor.shape();
    }

    @Override
    public ByteBuffer read(long first, int count) throws IOException {
        int width = dtype().width();
        ByteBuffer bytes = ByteBuffer.allocate(count * width).order(tensor.order());
        tensor.read(first * width, bytes);
        return bytes.flip();
    }

    @Override
    public byte[] string(long index) throws IOException {
        return tensor.asStringVector(Math.toIntExact(index), 1).bytes(0);
    }
}
