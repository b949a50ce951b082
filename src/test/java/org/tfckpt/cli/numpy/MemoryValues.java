package org.tfckpt.cli.numpy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/** Values in memory. */
record MemoryValues(DataType dtype, Shape shape, ByteBuffer data, List<byte[]> strings) implements ArrayValues {
    static MemoryValues littleEndian(DataType dtype, Shape shape, byte[] data) {
        return new MemoryValues(dtype, shape, ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN), List.of());
    }

    static MemoryValues ofStrings(Shape shape, List<byte[]> strings) {
        return new MemoryValues(DataType.DT_STRING, shape, ByteBuffer.allocate(0), strings);
    }

    static String print(ArrayValues values, PrintOptions options) throws IOException {
        StringBuilder text = new StringBuilder();
        NumpyText.print(values, options, text::append);
        return text.toString();
    }

    @Override
    public ByteBuffer read(long first, int count) {
        int width = dtype.width();
        return data.slice(Math.toIntExact(first * width), count * width).order(data.order());
    }

    @Override
    public byte[] string(long index) {
        return strings.get(Math.toIntExact(index));
    }
}
